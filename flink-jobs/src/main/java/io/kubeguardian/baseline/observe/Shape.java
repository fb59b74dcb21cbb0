package io.kubeguardian.baseline.observe;

/**
 * The shape of a path, a name or an argument: what differs from run to run (process ids, times, hashes, UUIDs, temporary
 * names) becomes a placeholder, so that the same behaviour is the same item. Works in a buffer of its own and makes no
 * string unless asked to: most shapes are only looked up. Used by one thread.
 *
 * <pre>
 *   &lt;n&gt;     digits: a number of three digits or more; any in a name that begins with a digit or has three numbers
 *   &lt;uuid&gt;  8-4-4-4-12 hexadecimal digits
 *   &lt;hex&gt;   twelve or more hexadecimal digits with a digit and a letter among them
 *   &lt;id&gt;    a token that changes between letters and digits three times or more (a pod's suffix, a key)
 *   &lt;tmp&gt;   below a directory for temporary files: a token of six or more that changes between lower case, upper
 *           case and digits twice or more, or what follows tmp
 *   /**     everything below the eighth directory
 * </pre>
 */
public final class Shape implements CharSequence {
    static final int MAX_CHARS = 512;
    static final int MAX_DEPTH = 8;

    private static final int LOWER = 1;
    private static final int UPPER = 2;
    private static final int DIGIT = 3;
    private static final String[] TEMPORARY = {"/tmp/", "/var/tmp/", "/dev/shm/", "/run/", "/var/run/", "/var/cache/"};

    private final char[] out = new char[MAX_CHARS + 16];
    private int length;
    private String text;

    /** Begins with the shape of a path. @param path absolute; what is longer than {@value #MAX_CHARS} is cut */
    public Shape path(String path) {
        start();
        boolean temporary = isTemporary(path);
        int end = path.length();
        int from = 0;
        int depth = 0;
        while (from < end && length < MAX_CHARS) {
            if (path.charAt(from) == '/') {
                put('/');
                from++;
                if (++depth > MAX_DEPTH && from < end) {
                    put('*');
                    put('*');
                    return this;
                }
                continue;
            }
            int to = path.indexOf('/', from);
            segment(path, from, to < 0 ? end : to, temporary);
            from = to < 0 ? end : to;
        }
        return this;
    }

    /** Begins with the shape of one name: of a DNS label, or an argument's word. */
    public Shape name(String name) {
        start();
        segment(name, 0, Math.min(name.length(), MAX_CHARS), false);
        return this;
    }

    /** Begins with the shape of a DNS name: lower case, without its last dot. */
    public Shape domain(String name) {
        start();
        int end = name.endsWith(".") ? name.length() - 1 : name.length();
        end = Math.min(end, MAX_CHARS);
        int from = 0;
        while (from < end && length < MAX_CHARS) {
            int dot = name.indexOf('.', from);
            int to = dot < 0 || dot > end ? end : dot;
            int before = length;
            segment(name, from, to, false);
            for (int i = before; i < length; i++) {
                out[i] = Character.toLowerCase(out[i]);
            }
            if (to < end) {
                put('.');
            }
            from = to + 1;
        }
        return this;
    }

    private static boolean isTemporary(String path) {
        for (String folder : TEMPORARY) {
            if (path.startsWith(folder)) {
                return true;
            }
        }
        return false;
    }

    private void start() {
        length = 0;
        text = null;
    }

    private void put(char c) {
        if (length < MAX_CHARS) {
            out[length++] = c;
        }
    }

    private void put(String s) {
        for (int i = 0; i < s.length(); i++) {
            put(s.charAt(i));
        }
    }

    private void segment(String in, int from, int to, boolean temporary) {
        if (isUuid(in, from, to)) {
            put("<uuid>");
            return;
        }
        int numbers = 0;
        boolean plain = true;
        boolean inNumber = false;
        for (int i = from; i < to; i++) {
            boolean digit = isDigit(in.charAt(i));
            if (digit) {
                plain = false;
                if (!inNumber) {
                    numbers++;
                }
            }
            inNumber = digit;
        }
        if (plain && !temporary) {
            for (int i = from; i < to; i++) {
                put(in.charAt(i));
            }
            return;
        }
        boolean allNumbers = numbers >= 3 || from < to && isDigit(in.charAt(from));
        int i = from;
        while (i < to) {
            char c = in.charAt(i);
            if (!isWord(c)) {
                put(c);
                i++;
                continue;
            }
            int end = i + 1;
            while (end < to && isWord(in.charAt(end))) {
                end++;
            }
            token(in, i, end, allNumbers, temporary);
            i = end;
        }
    }

    /** Letters and digits without anything between them. */
    private void token(String in, int from, int to, boolean allNumbers, boolean temporary) {
        int size = to - from;
        int changes = 0;
        int cases = 0;
        boolean hex = true;
        boolean digits = false;
        boolean letters = false;
        int last = 0;
        for (int i = from; i < to; i++) {
            char c = in.charAt(i);
            int type = isDigit(c) ? DIGIT : c >= 'A' && c <= 'Z' ? UPPER : LOWER;
            digits |= type == DIGIT;
            letters |= type != DIGIT;
            hex &= Character.digit(c, 16) >= 0;
            if (last != 0 && type != last) {
                cases++;
                if (type == DIGIT || last == DIGIT) {
                    changes++;
                }
            }
            last = type;
        }
        if (hex && digits && letters && size >= 12) {
            put("<hex>");
        } else if (size >= 5 && changes >= 3) {
            put("<id>");
        } else if (temporary && letters && size >= 6 && cases >= 2) {
            put("<tmp>");
        } else if (temporary && size >= 9 && in.startsWith("tmp", from)) {
            put("tmp<tmp>");
        } else {
            numbers(in, from, to, allNumbers);
        }
    }

    private void numbers(String in, int from, int to, boolean all) {
        int i = from;
        while (i < to) {
            int end = i;
            while (end < to && isDigit(in.charAt(end))) {
                end++;
            }
            if (end - i >= (all ? 1 : 3)) {
                put("<n>");
                i = end;
            } else if (end > i) {
                while (i < end) {
                    put(in.charAt(i++));
                }
            } else {
                put(in.charAt(i++));
            }
        }
    }

    private static boolean isUuid(String in, int from, int to) {
        if (to - from != 36) {
            return false;
        }
        for (int i = 0; i < 36; i++) {
            char c = in.charAt(from + i);
            boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
            if (dash ? c != '-' : Character.digit(c, 16) < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isWord(char c) {
        return isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public char charAt(int index) {
        return out[index];
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return new String(out, start, end - start);
    }

    @Override
    public String toString() {
        if (text == null) {
            text = new String(out, 0, length);
        }
        return text;
    }
}
