package io.kubeguardian.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;

/**
 * A value of an object, as JSON knows it, and the line where it stands. Reading never fails: what is absent, null or of
 * another type than asked for reads as absent, as a nil pointer does in Kubernetes' own code; {@link PodShape} says where
 * a type is wrong.
 *
 * <p>Immutable and compact: objects keep their fields in two arrays and are searched one by one, which for the ten fields
 * that Kubernetes' objects have is faster than hashing.
 */
public final class Node implements Iterable<Node> {
    /** What JSON knows, and nothing at all. */
    public enum Kind { MISSING, NULL, BOOLEAN, NUMBER, STRING, ARRAY, OBJECT }

    /** What is not there. */
    public static final Node MISSING = new Node(Kind.MISSING, null, null, null, 0);

    private static final String[] NO_NAMES = {};
    private static final Node[] NO_NODES = {};

    private final Kind kind;
    private final String text;
    private final String[] names;
    private final Node[] children;
    private final int line;

    private Node(Kind kind, String text, String[] names, Node[] children, int line) {
        this.kind = kind;
        this.text = text;
        this.names = names;
        this.children = children;
        this.line = line;
    }

    /**
     * A value that has no parts.
     *
     * @param text {@code true} or {@code false}, the number's digits, or the string
     * @param line counted from 1; 0 when unknown
     */
    public static Node scalar(Kind kind, String text, int line) {
        return new Node(kind, text, null, null, line);
    }

    public static Node string(String text) {
        return new Node(Kind.STRING, text, null, null, 0);
    }

    public static Node flag(boolean value) {
        return new Node(Kind.BOOLEAN, Boolean.toString(value), null, null, 0);
    }

    /** Takes the list's content as it is now. */
    public static Node array(List<Node> items, int line) {
        return new Node(Kind.ARRAY, null, null, items.toArray(NO_NODES), line);
    }

    /** Takes the content as it is now; names are unique and in the order of the values. */
    public static Node object(List<String> names, List<Node> values, int line) {
        return new Node(Kind.OBJECT, null, names.toArray(NO_NAMES), values.toArray(NO_NODES), line);
    }

    /** An object of one field, or of several, without lines. */
    public static Node object(Map<String, Node> fields) {
        return object(List.copyOf(fields.keySet()), List.copyOf(fields.values()), 0);
    }

    /** The same value without lines. */
    public static Node of(JsonNode json) {
        switch (json.getNodeType()) {
            case OBJECT -> {
                String[] names = new String[json.size()];
                Node[] values = new Node[json.size()];
                int i = 0;
                for (Map.Entry<String, JsonNode> field : json.properties()) {
                    names[i] = field.getKey();
                    values[i++] = of(field.getValue());
                }
                return new Node(Kind.OBJECT, null, names, values, 0);
            }
            case ARRAY -> {
                Node[] items = new Node[json.size()];
                for (int i = 0; i < items.length; i++) {
                    items[i] = of(json.get(i));
                }
                return new Node(Kind.ARRAY, null, null, items, 0);
            }
            case NULL -> {
                return scalar(Kind.NULL, "null", 0);
            }
            case BOOLEAN -> {
                return flag(json.booleanValue());
            }
            case NUMBER -> {
                return scalar(Kind.NUMBER, json.asText(), 0);
            }
            case MISSING -> {
                return MISSING;
            }
            default -> {
                return string(json.asText());
            }
        }
    }

    /** The same value for Jackson; what is missing becomes null. */
    public JsonNode toJson() {
        JsonNodeFactory make = JsonNodeFactory.instance;
        switch (kind) {
            case OBJECT -> {
                ObjectNode object = make.objectNode();
                for (int i = 0; i < names.length; i++) {
                    object.set(names[i], children[i].toJson());
                }
                return object;
            }
            case ARRAY -> {
                ArrayNode array = make.arrayNode(children.length);
                for (Node child : children) {
                    array.add(child.toJson());
                }
                return array;
            }
            case BOOLEAN -> {
                return make.booleanNode(isTrue());
            }
            case NUMBER -> {
                return number(make);
            }
            case STRING -> {
                return make.textNode(text);
            }
            default -> {
                return make.nullNode();
            }
        }
    }

    private JsonNode number(JsonNodeFactory make) {
        try {
            return make.numberNode(Long.parseLong(text));
        } catch (NumberFormatException e) {
            try {
                return make.numberNode(new BigDecimal(text));
            } catch (NumberFormatException infinite) {
                return make.textNode(text);
            }
        }
    }

    public Kind kind() {
        return kind;
    }

    /** Of the field's name in an object, of the item in an array; counted from 1, 0 when unknown. */
    public int line() {
        return line;
    }

    /** Neither missing nor null. */
    public boolean isPresent() {
        return kind != Kind.MISSING && kind != Kind.NULL;
    }

    public boolean isObject() {
        return kind == Kind.OBJECT;
    }

    public boolean isArray() {
        return kind == Kind.ARRAY;
    }

    public boolean isString() {
        return kind == Kind.STRING;
    }

    public boolean isTrue() {
        return kind == Kind.BOOLEAN && text.equals("true");
    }

    public boolean isFalse() {
        return kind == Kind.BOOLEAN && text.equals("false");
    }

    /** A number equal to zero, however it is written. */
    public boolean isZero() {
        if (kind != Kind.NUMBER) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 'e' || c == 'E') {
                return true;
            }
            if (c != '0' && c != '.' && c != '-' && c != '+') {
                return false;
            }
        }
        return true;
    }

    /** The string; empty for anything else. */
    public String text() {
        return kind == Kind.STRING ? text : "";
    }

    /** Of a string, number or boolean what is written there; empty for anything else. */
    public String scalarText() {
        return text == null || kind == Kind.NULL ? "" : text;
    }

    /** Of fields or items; 0 for anything else. */
    public int size() {
        return children == null ? 0 : children.length;
    }

    /** Of an object: the name of its field {@code index}. */
    public String name(int index) {
        return names[index];
    }

    /** Item or field value {@code index}, which may be null. */
    public Node at(int index) {
        return children[index];
    }

    /** The field's value; {@link #MISSING} where there is none, where it is null, and for all but objects. */
    public Node get(String name) {
        Node value = find(name);
        return value == null || value.kind == Kind.NULL ? MISSING : value;
    }

    /** The field as it stands: null counts as a value here. */
    public boolean has(String name) {
        return find(name) != null;
    }

    /** The same array with another item at one place. */
    Node with(int place, Node item) {
        Node[] items = children.clone();
        items[place] = item;
        return new Node(kind, text, names, items, line);
    }

    /** The same object with a field set; of anything else an object of this field alone. */
    Node with(String name, Node value) {
        List<String> fields = new ArrayList<>(names == null ? List.of() : List.of(names));
        List<Node> values = new ArrayList<>(kind == Kind.OBJECT ? List.of(children) : List.of());
        int at = fields.indexOf(name);
        if (at >= 0) {
            values.set(at, value);
        } else {
            fields.add(name);
            values.add(value);
        }
        return object(fields, values, line);
    }

    private Node find(String name) {
        if (names != null) {
            for (int i = 0; i < names.length; i++) {
                if (names[i].equals(name)) {
                    return children[i];
                }
            }
        }
        return null;
    }

    /** The items of an array; none for anything else. */
    @Override
    public Iterator<Node> iterator() {
        Node[] items = kind == Kind.ARRAY ? children : NO_NODES;
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < items.length;
            }

            @Override
            public Node next() {
                if (next >= items.length) {
                    throw new NoSuchElementException();
                }
                return items[next++];
            }
        };
    }

    /** Whether an array holds this string. */
    public boolean contains(String item) {
        for (Node node : this) {
            if (node.isString() && node.text.equals(item)) {
                return true;
            }
        }
        return false;
    }

    /** The strings of an array; what else it holds is left out. */
    public List<String> strings() {
        List<String> strings = new ArrayList<>(size());
        for (Node node : this) {
            if (node.isString()) {
                strings.add(node.text);
            }
        }
        return strings;
    }

    /** Equal values, wherever they stand; the order of fields counts for nothing. */
    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Node node) || node.kind != kind) {
            return this == other;
        }
        if (kind == Kind.OBJECT) {
            if (names.length != node.names.length) {
                return false;
            }
            for (int i = 0; i < names.length; i++) {
                Node same = node.names[i].equals(names[i]) ? node.children[i] : node.find(names[i]);
                if (!children[i].equals(same)) {
                    return false;
                }
            }
            return true;
        }
        return kind == Kind.ARRAY ? Arrays.equals(children, node.children) : Objects.equals(text, node.text);
    }

    @Override
    public int hashCode() {
        if (kind == Kind.OBJECT) {
            int hash = 0;
            for (int i = 0; i < names.length; i++) {
                hash += names[i].hashCode() ^ children[i].hashCode();
            }
            return hash;
        }
        return kind == Kind.ARRAY ? Arrays.hashCode(children) : 31 * kind.hashCode() + Objects.hashCode(text);
    }

    /** Its JSON. */
    @Override
    public String toString() {
        return kind == Kind.MISSING ? "missing" : toJson().toString();
    }
}
