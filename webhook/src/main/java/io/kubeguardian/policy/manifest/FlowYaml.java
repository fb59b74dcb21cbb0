package io.kubeguardian.policy.manifest;

import io.kubeguardian.policy.Node;
import java.util.ArrayList;
import java.util.List;

/** Flow collections and JSON. */
abstract class FlowYaml extends YamlText {
    private void flowSpace() {
        while (pos < end) {
            char c = text.charAt(pos);
            if (c == ' ' || c == '\t' && json) {
                onlyJson |= c == '\t';
                pos++;
            } else if (c == '\n') {
                pos++;
                line++;
                lineStart = pos;
            } else if (c == '#' && !json && (text.charAt(pos - 1) == ' ' || text.charAt(pos - 1) == '\n')) {
                skipLine();
                lineStart = pos;
            } else {
                return;
            }
        }
        throw GIVE_UP;
    }

    /** The collection that begins here; leaves pos behind it. */
    final Node flow(int depth, int valueLine) {
        if (depth > DEEPEST) {
            throw GIVE_UP;
        }
        char open = text.charAt(pos);
        pos++;
        flowSpace();
        FieldList fields = open == '{' ? new FieldList() : null;
        List<Node> items = open == '{' ? null : new ArrayList<>(4);
        char close = open == '{' ? '}' : ']';
        while (text.charAt(pos) != close) {
            int itemLine = line;
            if (fields != null) {
                fields.name(flowKey());
                flowSpace();
                fields.value(flowValue(depth, itemLine));
            } else {
                items.add(flowValue(depth, itemLine));
            }
            flowSpace();
            char c = text.charAt(pos);
            if (c == ',') {
                pos++;
                flowSpace();
                if (json && text.charAt(pos) == close) {
                    throw GIVE_UP;
                }
            } else if (c != close) {
                throw GIVE_UP;
            }
        }
        pos++;
        return fields != null ? fields.object(valueLine) : Node.array(items, valueLine);
    }

    private String flowKey() {
        char first = text.charAt(pos);
        if (first == '"' || first == '\'') {
            int close = closing(pos);
            if (close < 0) {
                throw GIVE_UP;
            }
            String key = quoted(close);
            pos = close + 1;
            int keyLine = line;
            flowSpace();
            if (text.charAt(pos) != ':' || line > keyLine && !json) {
                throw GIVE_UP;
            }
            onlyJson |= line > keyLine;
            pos++;
            return key;
        }
        int from = pos;
        flowPlain();
        int to = pos;
        while (to > from && text.charAt(to - 1) == ' ') {
            to--;
        }
        if (at(pos) != ':' || to == from || to - from == 2 && text.startsWith("<<", from)) {
            throw GIVE_UP;
        }
        pos++;
        onlyYaml = true;
        return name(from, to);
    }

    private Node flowValue(int depth, int itemLine) {
        char c = text.charAt(pos);
        if (c == '{' || c == '[') {
            return flow(depth + 1, itemLine);
        }
        if (c == '"' || c == '\'') {
            int close = closing(pos);
            if (close < 0 || c == '\'' && json) {
                throw GIVE_UP;
            }
            String value = quoted(close);
            pos = close + 1;
            return Node.scalar(Node.Kind.STRING, value, itemLine);
        }
        int from = pos;
        flowPlain();
        int to = pos;
        while (to > from && text.charAt(to - 1) == ' ') {
            to--;
        }
        if (to == from || at(pos) == ':') {
            throw GIVE_UP;
        }
        String plain = text.substring(from, to);
        onlyYaml |= json && !isJson(plain);
        return Scalars.plain(plain, itemLine);
    }

    /** Whether JSON has this scalar too: its words, and numbers in digits alone. */
    private static boolean isJson(String plain) {
        if (plain.equals("true") || plain.equals("false") || plain.equals("null") || plain.equals("0")) {
            return true;
        }
        int start = plain.charAt(0) == '-' ? 1 : 0;
        for (int i = start; i < plain.length(); i++) {
            char c = plain.charAt(i);
            if (c < '0' || c > '9' || c == '0' && i == start) {
                return false;
            }
        }
        return plain.length() > start;
    }

    /** To the end of a plain scalar within a flow collection: at what ends it. */
    private void flowPlain() {
        char first = text.charAt(pos);
        if ("&*!|>%@`#?:,".indexOf(first) >= 0 || first == '-' && !isPlainBehind(at(pos + 1))) {
            throw GIVE_UP;
        }
        for (; pos < end; pos++) {
            char c = text.charAt(pos);
            switch (c) {
                case ',', ']', '}' -> {
                    return;
                }
                case '[', '{', '\t', '"', '\'', '?' -> throw GIVE_UP;
                case ':' -> {
                    char next = at(pos + 1);
                    if (next == ' ' || next == '\n') {
                        return;
                    }
                    if (!isPlainBehind(next)) {
                        throw GIVE_UP;
                    }
                }
                case '#' -> {
                    if (text.charAt(pos - 1) == ' ') {
                        return;
                    }
                }
                case '\n' -> {
                    int i = pos;
                    while (i < end && (text.charAt(i) == ' ' || text.charAt(i) == '\n')) {
                        i++;
                    }
                    if (at(i) != ',' && at(i) != ']' && at(i) != '}') {
                        throw GIVE_UP;
                    }
                    return;
                }
                default -> { }
            }
        }
        throw GIVE_UP;
    }

    private static boolean isPlainBehind(char c) {
        return c != ' ' && c != '\n' && c != ',' && c != '[' && c != ']' && c != '{' && c != '}';
    }
}
