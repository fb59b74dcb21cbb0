package io.kubeguardian.policy.manifest;

import io.kubeguardian.policy.Node;

/**
 * What a plain scalar means to Kubernetes: YAML 1.1 as go-yaml resolves it, so that {@code yes} and {@code on} are true. A
 * tool that takes {@code privileged: yes} for a string would miss a privileged container.
 *
 * <p>Rules: YAML 1.1 types bool, null, int and float (yaml.org/type); sigs.k8s.io/yaml.
 */
final class Scalars {
    private Scalars() {}

    static Node plain(String text, int line) {
        if (text.isEmpty()) {
            return Node.scalar(Node.Kind.NULL, null, line);
        }
        char first = text.charAt(0);
        if (first >= '0' && first <= '9' || first == '-' || first == '+' || first == '.') {
            return number(text, line);
        }
        if (text.length() <= 5) {
            switch (text) {
                case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y" -> {
                    return Node.scalar(Node.Kind.BOOLEAN, "true", line);
                }
                case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N" -> {
                    return Node.scalar(Node.Kind.BOOLEAN, "false", line);
                }
                case "null", "Null", "NULL", "~" -> {
                    return Node.scalar(Node.Kind.NULL, null, line);
                }
                default -> { }
            }
        }
        return Node.scalar(Node.Kind.STRING, text, line);
    }

    private static Node number(String text, int line) {
        Node.Kind kind = isNumber(text) ? Node.Kind.NUMBER : Node.Kind.STRING;
        return Node.scalar(kind, kind == Node.Kind.NUMBER ? decimal(text) : text, line);
    }

    private static boolean isNumber(String text) {
        int i = 0;
        int end = text.length();
        if (text.charAt(0) == '-' || text.charAt(0) == '+') {
            i++;
        }
        if (end - i > 2 && text.charAt(i) == '0' && "xXbBoO".indexOf(text.charAt(i + 1)) >= 0) {
            int radix = radix(text.charAt(i + 1));
            for (int k = i + 2; k < end; k++) {
                if (text.charAt(k) != '_' && Character.digit(text.charAt(k), radix) < 0) {
                    return false;
                }
            }
            return true;
        }
        boolean digits = false;
        boolean point = false;
        boolean exponent = false;
        for (; i < end; i++) {
            char c = text.charAt(i);
            if (c >= '0' && c <= '9') {
                digits = true;
            } else if (c == '_' && digits && !exponent) {
                continue;
            } else if (c == '.' && !point && !exponent) {
                point = true;
            } else if ((c == 'e' || c == 'E') && digits && !exponent) {
                exponent = true;
                digits = false;
                if (i + 1 < end && (text.charAt(i + 1) == '-' || text.charAt(i + 1) == '+')) {
                    i++;
                }
            } else {
                return isSpecial(text);
            }
        }
        return digits || isSpecial(text);
    }

    private static boolean isSpecial(String text) {
        String bare = text.charAt(0) == '-' || text.charAt(0) == '+' ? text.substring(1) : text;
        return bare.equals(".inf") || bare.equals(".Inf") || bare.equals(".INF")
                || text.equals(".nan") || text.equals(".NaN") || text.equals(".NAN");
    }

    /** Digits that everybody understands: {@code 0x1F}, {@code 0b11}, {@code 0o17} and {@code 017} become decimal. */
    private static String decimal(String text) {
        String bare = text.indexOf('_') < 0 ? text : text.replace("_", "");
        boolean negative = bare.charAt(0) == '-';
        int start = negative || bare.charAt(0) == '+' ? 1 : 0;
        try {
            if (bare.length() - start > 1 && bare.charAt(start) == '0') {
                char second = bare.charAt(start + 1);
                int radix = radix(second);
                if (radix != 10) {
                    return signed(negative, Long.parseLong(bare.substring(start + 2), radix));
                }
                if (second >= '0' && second <= '7' && bare.chars().skip(start).allMatch(c -> c >= '0' && c <= '7')) {
                    return signed(negative, Long.parseLong(bare.substring(start), 8));
                }
            }
        } catch (NumberFormatException e) {
            return bare; // larger than any field of Kubernetes: as it stands
        }
        return bare.charAt(0) == '+' ? bare.substring(1) : bare;
    }

    private static String signed(boolean negative, long value) {
        return Long.toString(negative ? -value : value);
    }

    private static int radix(char c) {
        return switch (c) {
            case 'x', 'X' -> 16;
            case 'b', 'B' -> 2;
            case 'o', 'O' -> 8;
            default -> 10;
        };
    }
}
