package io.kubeguardian.policy.user;

import io.kubeguardian.policy.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A field as policies name it: {@code securityContext.runAsUser}, {@code ports[*].hostPort}, {@code args[0]},
 * {@code metadata.labels['app.kubernetes.io/name']}.
 *
 * @param steps names (String), places (Integer), and {@link #EACH} for every item of a list
 */
record FieldPath(String text, List<Object> steps) {
    /** Every item. */
    static final Object EACH = '*';

    private static final Set<Object> OF_OBJECTS = Set.of("apiVersion", "kind", "metadata", "spec", "status");

    private static final Pattern STEP =
            Pattern.compile("\\G(?:(?:^|\\.)([A-Za-z0-9_/$-]+)|\\[(\\*|[0-9]{1,4})\\]|\\['([^']*)'\\]|\\[\"([^\"]*)\"\\])");

    /** @throws IllegalArgumentException when it is none */
    static FieldPath parse(String text) {
        List<Object> steps = new ArrayList<>();
        Matcher matcher = STEP.matcher(text);
        int end = 0;
        while (matcher.find()) {
            end = matcher.end();
            if (matcher.group(1) != null) {
                steps.add(matcher.group(1));
            } else if (matcher.group(2) != null) {
                steps.add(matcher.group(2).equals("*") ? EACH : Integer.valueOf(matcher.group(2)));
            } else {
                steps.add(matcher.group(3) != null ? matcher.group(3) : matcher.group(4));
            }
        }
        if (steps.isEmpty() || end != text.length() || steps.size() > 32) {
            throw new IllegalArgumentException("field \"" + text + "\" is no path such as securityContext.privileged, "
                    + "ports[*].hostPort or metadata.labels['app.kubernetes.io/name']");
        }
        if (!(steps.get(0) instanceof String)) {
            throw new IllegalArgumentException("field \"" + text + "\" must begin with a name");
        }
        return new FieldPath(text, List.copyOf(steps));
    }

    /** The parts that may have such a field, innermost first: what every object has, no container has. */
    List<Scope.Part> parts() {
        return OF_OBJECTS.contains(steps.get(0)) ? List.of(Scope.Part.TEMPLATE, Scope.Part.OBJECT)
                : List.of(Scope.Part.CONTAINER, Scope.Part.POD, Scope.Part.OBJECT);
    }

    boolean hasEach() {
        return steps.contains(EACH);
    }

    /** The steps before the first {@link #EACH}. */
    List<Object> head() {
        int each = steps.indexOf(EACH);
        return each < 0 ? steps : steps.subList(0, each);
    }

    /** The value below a root; {@link Node#MISSING} where there is none. */
    static Node walk(Node root, List<Object> steps) {
        Node node = root;
        for (Object step : steps) {
            node = step instanceof Integer place
                    ? node.isArray() && place < node.size() ? node.at(place) : Node.MISSING
                    : node.get((String) step);
        }
        return node.isPresent() ? node : Node.MISSING;
    }

    /** Every concrete path below a root: as many as the lists on its way have items. */
    List<List<Object>> expand(Node root) {
        List<List<Object>> paths = new ArrayList<>();
        expand(root, 0, new ArrayList<>(), paths);
        return paths;
    }

    private void expand(Node node, int from, List<Object> way, List<List<Object>> paths) {
        int each = steps.subList(from, steps.size()).indexOf(EACH);
        if (each < 0) {
            way.addAll(steps.subList(from, steps.size()));
            paths.add(List.copyOf(way));
            return;
        }
        List<Object> before = steps.subList(from, from + each);
        Node list = walk(node, before);
        way.addAll(before);
        for (int i = 0; list.isArray() && i < list.size(); i++) {
            List<Object> next = new ArrayList<>(way);
            next.add(i);
            expand(list.at(i), from + each + 1, next, paths);
        }
    }
}
