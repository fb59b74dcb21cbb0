package io.kubeguardian.policy.manifest;

import io.kubeguardian.policy.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A place in a document's text, and what blocks and flow collections read alike. */
abstract class YamlText {
    /** Deeper documents are the library's business, which knows its own bound. */
    static final int DEEPEST = 60;
    /** YAML's bound for a key (1,024 characters), with room to spare. */
    static final int LONGEST_KEY = 500;

    private static final int NAMES = 1024;

    /** Thrown to give up; nobody looks at it. */
    static final class GiveUp extends RuntimeException {
        private static final long serialVersionUID = 1L;

        GiveUp() {
            super(null, null, false, false);
        }
    }

    static final GiveUp GIVE_UP = new GiveUp();

    private final String[] names = new String[NAMES];
    String text;
    int end;
    int pos;
    int lineStart;
    int line;
    /** Whether it begins as JSON does; whether it holds what only JSON allows, and what only YAML allows. */
    boolean json;
    boolean onlyJson;
    boolean onlyYaml;

    /** The fields of an object as they are read. */
    static final class FieldList {
        /** From so many on, names are hashed: a hostile object has millions. */
        private static final int MANY = 64;

        private final List<String> names = new ArrayList<>(8);
        private final List<Node> values = new ArrayList<>(8);
        private Set<String> seen;

        /** Gives up for a name that stands twice: the library says where. */
        void name(String name) {
            if (names.size() == MANY) {
                seen = new HashSet<>(names);
            }
            if (seen != null ? !seen.add(name) : isKnown(name)) {
                throw GIVE_UP;
            }
            names.add(name);
        }

        private boolean isKnown(String name) {
            for (int i = 0; i < names.size(); i++) {
                if (names.get(i).equals(name)) {
                    return true;
                }
            }
            return false;
        }

        void value(Node value) {
            values.add(value);
        }

        Node object(int line) {
            return Node.object(names, values, line);
        }
    }

    final void begin(String whole, int from, int to, int firstLine) {
        text = whole;
        end = to;
        pos = from;
        lineStart = from;
        line = firstLine;
        json = false;
        onlyJson = false;
        onlyYaml = false;
    }

    final char at(int index) {
        return index < end ? text.charAt(index) : '\n';
    }

    final void skipLine() {
        int feed = text.indexOf('\n', pos);
        pos = feed < 0 || feed >= end ? end : feed + 1;
        line++;
    }

    /** The place of the quote that ends the one at start; -1 when it is not on this line. */
    final int closing(int start) {
        char quote = text.charAt(start);
        for (int i = start + 1; i < end; i++) {
            char c = text.charAt(i);
            if (c == quote) {
                if (quote == '\'' && at(i + 1) == '\'') {
                    i++;
                } else {
                    return i;
                }
            } else if (c == '\\' && quote == '"') {
                i++;
            } else if (c == '\n') {
                return -1;
            }
        }
        return -1;
    }

    /** The text between the quotes; pos stays. */
    final String quoted(int close) {
        int from = pos + 1;
        if (json && text.indexOf('\t', from, close) >= 0) {
            throw GIVE_UP; // no JSON
        }
        if (text.charAt(pos) == '\'') {
            String raw = text.substring(from, close);
            return raw.indexOf('\'') < 0 ? raw : raw.replace("''", "'");
        }
        if (text.indexOf('\\', from, close) < 0) {
            return text.substring(from, close);
        }
        StringBuilder all = new StringBuilder(close - from);
        for (int i = from; i < close; i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                all.append(c);
                continue;
            }
            switch (text.charAt(++i)) {
                case 'n' -> all.append('\n');
                case 't' -> all.append('\t');
                case 'r' -> all.append('\r');
                case '"' -> all.append('"');
                case '\\' -> all.append('\\');
                default -> throw GIVE_UP;
            }
        }
        return all.toString();
    }

    /** A name, as the same string every time: names come again and again. */
    final String name(int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = hash * 31 + text.charAt(i);
        }
        int slot = (hash ^ hash >>> 10) & NAMES - 1;
        String known = names[slot];
        if (known != null && known.length() == to - from && text.startsWith(known, from)) {
            return known;
        }
        String name = text.substring(from, to).intern();
        names[slot] = name;
        return name;
    }
}
