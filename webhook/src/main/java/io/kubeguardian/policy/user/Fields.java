package io.kubeguardian.policy.user;

import io.kubeguardian.config.Nearest;
import io.kubeguardian.policy.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Reads one object of a policy file: what is unknown, missing or of a wrong type is an error with its line. */
final class Fields {
    private final String where;
    private final Node node;

    /**
     * @param where the file, and what it is a part of: {@code policies.yaml}
     * @throws PolicyException when it is no object or has other keys than these
     */
    Fields(String where, String what, Node node, Set<String> known) throws PolicyException {
        this.where = where;
        this.node = node;
        if (!node.isObject()) {
            throw error(node, what + " must be an object with keys such as "
                    + String.join(", ", new TreeSet<>(known)));
        }
        for (int i = 0; i < node.size(); i++) {
            if (!known.contains(node.name(i))) {
                throw error(node.at(i), "unknown key " + node.name(i) + " in " + what + Nearest.hint(node.name(i), known)
                        + "; known: " + String.join(", ", new TreeSet<>(known)));
            }
        }
    }

    Node node() {
        return node;
    }

    Node get(String key) {
        return node.get(key);
    }

    String required(String key) throws PolicyException {
        Node value = node.get(key);
        if (value.scalarText().isBlank()) {
            throw error(value.isPresent() ? value : node, key + (value.isPresent() ? " must be a text" : " is missing"));
        }
        return value.scalarText();
    }

    /** Null where there is none. */
    String text(String key) throws PolicyException {
        return node.get(key).isPresent() ? required(key) : null;
    }

    /** The objects of a list; none where there is no list. */
    List<Node> list(String key) throws PolicyException {
        Node value = node.get(key);
        if (value.isPresent() && !value.isArray()) {
            throw error(value, key + " must be a list");
        }
        List<Node> items = new ArrayList<>();
        value.forEach(items::add);
        return items;
    }

    /** The texts of a list; none where there is no list. */
    List<String> texts(String key) throws PolicyException {
        List<String> texts = new ArrayList<>();
        for (Node item : list(key)) {
            if (item.scalarText().isBlank()) {
                throw error(item, key + " must be a list of texts");
            }
            texts.add(item.scalarText());
        }
        return texts;
    }

    /** One of several words. */
    <E extends Enum<E>> E word(String key, Class<E> words, E otherwise) throws PolicyException {
        String text = text(key);
        if (text == null) {
            return otherwise;
        }
        for (E word : words.getEnumConstants()) {
            if (word.name().equalsIgnoreCase(text)) {
                return word;
            }
        }
        List<String> all = new ArrayList<>();
        for (E word : words.getEnumConstants()) {
            all.add(word.name().toLowerCase(java.util.Locale.ROOT));
        }
        throw error(node.get(key), key + ' ' + text + " is none of " + String.join(", ", all));
    }

    PolicyException error(Node at, String what) {
        return new PolicyException(where + ':' + Math.max(1, at.line()) + ": " + what);
    }
}
