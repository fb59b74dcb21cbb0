package io.kubeguardian.policy.manifest;

import io.kubeguardian.policy.Node;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the YAML that manifests are written in: block mappings and sequences, plain and quoted scalars on one line, literal
 * blocks, flow collections and JSON, comments. It reads them several times as fast as a library for the whole of YAML, and
 * that is where a scan spends its time. Of anything else (anchors, tags, folded blocks, scalars over several lines, what is
 * no YAML at all) it returns null, and {@link FullYaml} reads the document: what a document means, and what is wrong with
 * it, is the library's word. A test holds the two against each other.
 *
 * <p>Not thread safe; one instance reads any number of documents.
 */
final class SimpleYaml extends FlowYaml {
    /**
     * A document's value; {@link Node#MISSING} when it has none; null to leave it to the library.
     *
     * @param text the file, its lines ended by line feeds alone
     * @param firstLine the line at {@code start}, counted from 1
     */
    Node read(String text, int start, int end, int firstLine) {
        begin(text, start, end, firstLine);
        try {
            if (!content()) {
                return Node.MISSING;
            }
            json = at(pos) == '{' || at(pos) == '[';
            Node node = block(-1, 0);
            return pos < end || onlyJson && onlyYaml ? null : node;
        } catch (GiveUp e) {
            return null;
        }
    }

    private int column() {
        return pos - lineStart;
    }

    /** From the start of a line to the next thing that stands there; false at the end. */
    private boolean content() {
        while (pos < end) {
            lineStart = pos;
            int i = pos;
            while (i < end && text.charAt(i) == ' ') {
                i++;
            }
            char c = at(i);
            if (c == '\n') {
                pos = Math.min(i + 1, end);
                line++;
            } else if (c == '#') {
                pos = i;
                skipLine();
            } else {
                if (c == '\t') {
                    throw GIVE_UP;
                }
                pos = i;
                return true;
            }
        }
        lineStart = end;
        return false;
    }

    /** Behind a value: nothing but spaces and a comment, then on to the next thing. */
    private void endOfValue() {
        int i = pos;
        while (i < end && text.charAt(i) == ' ') {
            i++;
        }
        char c = at(i);
        if (c != '\n' && !(c == '#' && i > pos)) {
            throw GIVE_UP;
        }
        pos = i;
        skipLine();
        content();
    }

    private boolean isDash(int index) {
        return at(index) == '-' && (at(index + 1) == ' ' || at(index + 1) == '\n');
    }

    /** The value at a place of its own; leaves pos at the next thing. */
    private Node block(int parentIndent, int depth) {
        if (depth > DEEPEST) {
            throw GIVE_UP;
        }
        if (isDash(pos)) {
            return sequence(column(), depth, line);
        }
        if (keyEnd(pos) >= 0) {
            return mapping(column(), depth, line);
        }
        return inline(parentIndent, depth, line);
    }

    /** Where the colon of a key that begins here stands; -1 when none does. */
    private int keyEnd(int start) {
        char first = at(start);
        if (first == '"' || first == '\'') {
            int close = closing(start);
            if (close < 0) {
                return -1;
            }
            int i = close + 1;
            while (at(i) == ' ') {
                i++;
            }
            return at(i) == ':' && (at(i + 1) == ' ' || at(i + 1) == '\n') ? i : -1;
        }
        if (first == '{' || first == '[') {
            return -1;
        }
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (c == ':') {
                char next = at(i + 1);
                if (next == ' ' || next == '\n') {
                    return i;
                }
            } else if (c == '\n') {
                return -1;
            } else if (c == '#' && i > start && text.charAt(i - 1) == ' ' || c == '\t') {
                return -1;
            }
        }
        return -1;
    }

    private Node mapping(int indent, int depth, int startLine) {
        FieldList fields = new FieldList();
        while (true) {
            int colon = keyEnd(pos);
            if (colon < 0 || colon - pos > LONGEST_KEY) {
                throw GIVE_UP;
            }
            fields.name(key(colon));
            pos = colon + 1;
            fields.value(valueOfKey(indent, depth, line));
            if (pos >= end || column() < indent) {
                return fields.object(startLine);
            }
            if (column() > indent || isDash(pos)) {
                throw GIVE_UP;
            }
        }
    }

    private String key(int colon) {
        char first = text.charAt(pos);
        if (first == '"' || first == '\'') {
            return quoted(closing(pos));
        }
        if ("?:-&*!|>%@`,]}#".indexOf(first) >= 0) {
            // Some of these may begin a plain scalar; the library knows which.
            throw GIVE_UP;
        }
        int last = colon;
        while (last > pos && text.charAt(last - 1) == ' ') {
            last--;
        }
        if (last == pos || last - pos == 2 && text.startsWith("<<", pos)) {
            throw GIVE_UP;
        }
        return name(pos, last);
    }

    private Node valueOfKey(int indent, int depth, int keyLine) {
        while (at(pos) == ' ') {
            pos++;
        }
        char c = at(pos);
        if (c != '\n' && !(c == '#' && text.charAt(pos - 1) == ' ')) {
            return inline(indent, depth, keyLine);
        }
        skipLine();
        if (!content() || column() < indent || column() == indent && !isDash(pos)) {
            return Node.scalar(Node.Kind.NULL, null, keyLine);
        }
        if (isDash(pos)) {
            return sequence(column(), depth + 1, keyLine);
        }
        if (keyEnd(pos) >= 0) {
            if (depth > DEEPEST) {
                throw GIVE_UP;
            }
            return mapping(column(), depth + 1, keyLine);
        }
        return inline(indent, depth + 1, keyLine);
    }

    private Node sequence(int indent, int depth, int startLine) {
        if (depth > DEEPEST) {
            throw GIVE_UP;
        }
        List<Node> items = new ArrayList<>(4);
        while (true) {
            items.add(item(indent, depth));
            if (pos >= end || column() < indent) {
                return Node.array(items, startLine);
            }
            if (column() > indent) {
                throw GIVE_UP;
            }
            if (!isDash(pos)) {
                return Node.array(items, startLine);
            }
        }
    }

    private Node item(int indent, int depth) {
        int itemLine = line;
        pos++;
        while (at(pos) == ' ') {
            pos++;
        }
        char c = at(pos);
        if (c == '\n' || c == '#' && text.charAt(pos - 1) == ' ') {
            skipLine();
            if (!content() || column() <= indent) {
                return Node.scalar(Node.Kind.NULL, null, itemLine);
            }
            return block(indent, depth + 1);
        }
        if (isDash(pos)) {
            return sequence(column(), depth + 1, itemLine);
        }
        if (keyEnd(pos) >= 0) {
            if (depth > DEEPEST) {
                throw GIVE_UP;
            }
            return mapping(column(), depth + 1, itemLine);
        }
        return inline(indent, depth + 1, itemLine);
    }

    /** A value that begins on its key's line, or is no collection in block form. */
    private Node inline(int parentIndent, int depth, int valueLine) {
        char c = at(pos);
        Node node;
        switch (c) {
            case '"', '\'' -> {
                int close = closing(pos);
                if (close < 0) {
                    throw GIVE_UP;
                }
                node = Node.scalar(Node.Kind.STRING, quoted(close), valueLine);
                pos = close + 1;
            }
            case '{', '[' -> node = flow(depth + 1, valueLine);
            case '|' -> {
                return literal(parentIndent, valueLine);
            }
            case '&', '*', '!', '>', '%', '@', '`', ',', ']', '}', '#' -> throw GIVE_UP;
            default -> {
                if ((c == '-' || c == '?' || c == ':') && (at(pos + 1) == ' ' || at(pos + 1) == '\n')) {
                    throw GIVE_UP;
                }
                return plain(valueLine);
            }
        }
        endOfValue();
        return node;
    }

    private Node plain(int valueLine) {
        int i = pos;
        int last = pos;
        for (; i < end; i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                break;
            }
            if (c == ' ') {
                continue;
            }
            if (c == '#' && text.charAt(i - 1) == ' ') {
                break;
            }
            if (c == '\t' || c == ':' && (at(i + 1) == ' ' || at(i + 1) == '\n')) {
                throw GIVE_UP;
            }
            last = i + 1;
        }
        Node node = Scalars.plain(text.substring(pos, last), valueLine);
        pos = i;
        skipLine();
        content();
        return node;
    }

    private Node literal(int parentIndent, int valueLine) {
        if (parentIndent < 0) {
            throw GIVE_UP;
        }
        int i = pos + 1;
        char chomp = at(i);
        if (chomp == '-' || chomp == '+') {
            i++;
        } else {
            chomp = ' ';
        }
        pos = i;
        int header = i;
        while (at(i) == ' ') {
            i++;
        }
        if (at(i) != '\n' && !(at(i) == '#' && i > header)) {
            throw GIVE_UP;
        }
        skipLine();
        StringBuilder all = new StringBuilder();
        int indent = -1;
        int blank = 0;
        boolean ended = true;
        while (pos < end) {
            int k = pos;
            while (k < end && text.charAt(k) == ' ') {
                k++;
            }
            int spaces = k - pos;
            if (at(k) == '\n') {
                if (k == end && spaces == 0) {
                    break;
                }
                if (indent < 0 || spaces <= indent) {
                    if (indent < 0 && spaces > parentIndent + 1) {
                        throw GIVE_UP; // may be more than the text's own indent
                    }
                    blank++;
                    pos = k;
                    skipLine();
                    continue;
                }
            } else if (indent < 0) {
                if (spaces <= parentIndent || at(k) == '\t') {
                    break;
                }
                indent = spaces;
            } else if (spaces < indent) {
                break;
            }
            for (; blank > 0; blank--) {
                all.append('\n');
            }
            int feed = text.indexOf('\n', pos);
            ended = feed >= 0 && feed < end;
            int stop = ended ? feed : end;
            all.append(text, pos + indent, stop);
            if (ended) {
                all.append('\n');
            }
            pos = ended ? stop + 1 : end;
            line++;
        }
        if (indent < 0) {
            throw GIVE_UP;
        }
        if (chomp == '+') {
            throw GIVE_UP;
        }
        if (chomp == '-' && !all.isEmpty() && all.charAt(all.length() - 1) == '\n') {
            all.setLength(all.length() - 1);
        }
        content();
        return Node.scalar(Node.Kind.STRING, all.toString(), valueLine);
    }
}
