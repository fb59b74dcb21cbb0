package io.kubeguardian.policy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Fixes as JSON patches (RFC 6902). */
public final class JsonPatches {
    private JsonPatches() {}

    /**
     * The operations that make these fixes in an object, in order; none where it is already so. A fix whose way leads
     * through a value that is no object, or a place that an array lacks, is left out.
     */
    public static ArrayNode of(Node root, List<Fix> fixes) {
        ArrayNode operations = JsonNodeFactory.instance.arrayNode();
        Set<List<Object>> made = new HashSet<>();
        for (Fix fix : byPath(fixes).values()) {
            add(operations, root, fix, made);
        }
        return operations;
    }

    /** Of two fixes for one place the later counts. */
    private static Map<List<Object>, Fix> byPath(List<Fix> fixes) {
        Map<List<Object>, Fix> byPath = new LinkedHashMap<>();
        fixes.forEach(fix -> byPath.put(fix.path(), fix));
        return byPath;
    }

    private static void add(ArrayNode operations, Node root, Fix fix, Set<List<Object>> made) {
        List<ObjectNode> all = new ArrayList<>();
        Node node = root;
        List<Object> way = new ArrayList<>();
        for (int i = 0; i < fix.path().size(); i++) {
            Object step = fix.path().get(i);
            boolean last = i == fix.path().size() - 1;
            way.add(step);
            Node next;
            if (step instanceof Integer place) {
                if (!node.isArray() || place >= node.size()) {
                    return;
                }
                next = node.at(place);
            } else {
                if (node.isPresent() && !node.isObject()) {
                    return;
                }
                next = node.get((String) step);
            }
            if (last) {
                if (!next.equals(fix.value())) {
                    all.add(operation(next.isPresent() ? "replace" : "add", way, fix.value()));
                }
            } else if (!next.isPresent() && made.add(List.copyOf(way))) {
                all.add(operation("add", way, Node.object(Map.of())));
            }
            node = next;
        }
        all.forEach(operations::add);
    }

    private static ObjectNode operation(String op, List<Object> way, Node value) {
        ObjectNode operation = JsonNodeFactory.instance.objectNode();
        operation.put("op", op);
        operation.put("path", pointer(way));
        operation.set("value", value.toJson());
        return operation;
    }

    /** RFC 6901. */
    static String pointer(List<Object> way) {
        StringBuilder pointer = new StringBuilder();
        for (Object step : way) {
            pointer.append('/').append(step.toString().replace("~", "~0").replace("/", "~1"));
        }
        return pointer.toString();
    }
}
