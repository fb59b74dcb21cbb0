package io.kubeguardian.policy;

import java.util.ArrayList;
import java.util.List;

/**
 * One change that mends a finding: sets a field, making the objects on the way to it that are missing. Applied twice it
 * changes nothing more. As JSON patches: {@link JsonPatches}.
 *
 * @param path from the object's root: names of fields (String) and places in arrays (Integer)
 * @param value what to put there
 */
public record Fix(List<Object> path, Node value) {
    public Fix {
        path = List.copyOf(path);
        for (Object step : path) {
            if (!(step instanceof String) && !(step instanceof Integer)) {
                throw new IllegalArgumentException("a step of a path is a name or a place, not " + step);
            }
        }
    }

    /** The same change where the object is a part of something larger. */
    public Fix below(List<Object> way) {
        List<Object> whole = new ArrayList<>(way);
        whole.addAll(path);
        return new Fix(whole, value);
    }

    /** What becomes of the object; the object itself where the way leads through something that cannot be gone through. */
    public Node applyTo(Node root) {
        return applied(root, 0);
    }

    private Node applied(Node node, int depth) {
        if (depth == path.size()) {
            return value;
        }
        if (path.get(depth) instanceof Integer place) {
            return node.isArray() && place < node.size() ? node.with(place, applied(node.at(place), depth + 1)) : node;
        }
        String name = (String) path.get(depth);
        return node.isPresent() && !node.isObject() ? node : node.with(name, applied(node.get(name), depth + 1));
    }
}
