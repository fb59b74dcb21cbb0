package io.kubeguardian.policy.user;

import io.kubeguardian.policy.Fix;
import io.kubeguardian.policy.Manifest;
import io.kubeguardian.policy.Node;
import io.kubeguardian.policy.Paths;
import io.kubeguardian.policy.PodSpec;
import io.kubeguardian.policy.cel.CelInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a policy looks at in one go: one container with all that stands around it, or an object that has no containers. A
 * field is that of the innermost part that has it.
 */
final class Scope {
    private static final Node NONE = Node.object(Map.of());

    /** The parts of a scope, innermost first, by the names that expressions and {@code set} use. */
    enum Part {
        CONTAINER,
        POD,
        TEMPLATE,
        OBJECT;

        String variable() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** A field's place: its path from the object's root, and the node there or the nearest around it. */
    record Place(String path, Node near, Node value) {}

    private final Manifest manifest;
    private final PodSpec.Container container;

    private Scope(Manifest manifest, PodSpec.Container container) {
        this.manifest = manifest;
        this.container = container;
    }

    static List<Scope> of(Manifest manifest) {
        List<Scope> scopes = new ArrayList<>();
        if (manifest.pod() != null) {
            manifest.pod().containers().forEach(container -> scopes.add(new Scope(manifest, container)));
        }
        if (scopes.isEmpty()) {
            scopes.add(new Scope(manifest, null));
        }
        return scopes;
    }

    /** Adds the parts to an expression's variables; those that are not there are empty. */
    CelInput input(CelInput object) {
        CelInput input = object.copy();
        for (Part part : Part.values()) {
            Node node = node(part);
            input.put(part.variable(), node.isPresent() ? node : NONE);
        }
        return input;
    }

    Node node(Part part) {
        PodSpec pod = manifest.pod();
        return switch (part) {
            case CONTAINER -> container == null ? Node.MISSING : container.node();
            case POD -> pod == null ? Node.MISSING : pod.spec();
            case TEMPLATE -> pod == null ? Node.MISSING : pod.source();
            case OBJECT -> manifest.root();
        };
    }

    /** The part that has a field; where it would stand, when none has it. */
    Part holder(FieldPath field) {
        Part would = null;
        for (Part part : field.parts()) {
            if (FieldPath.walk(node(part), field.head()).isPresent()) {
                return part;
            }
            // A label that is missing is missing on the object, not only on the pods that it makes.
            would = would == null && part != Part.TEMPLATE && node(part).isPresent() ? part : would;
        }
        return would;
    }

    Part innermost() {
        return container != null ? Part.CONTAINER : manifest.pod() != null ? Part.POD : Part.OBJECT;
    }

    Place place(Part part, List<Object> steps) {
        Node near = node(part);
        Node value = near;
        for (Object step : steps) {
            value = FieldPath.walk(value, List.of(step));
            if (!value.isPresent()) {
                break;
            }
            near = value;
        }
        return new Place(path(part, steps), near, value);
    }

    private String path(Part part, List<Object> steps) {
        String base = switch (part) {
            case CONTAINER -> container.path("");
            case POD -> manifest.pod().path("");
            case TEMPLATE -> {
                String spec = manifest.pod().path("");
                yield spec.equals("spec") ? "" : spec.substring(0, spec.length() - ".spec".length());
            }
            case OBJECT -> "";
        };
        return base.isEmpty() ? Paths.of(steps) : base + (Paths.of(steps).startsWith("[") ? "" : ".") + Paths.of(steps);
    }

    /** Sets a field of a part. */
    Fix fix(Part part, List<Object> steps, Node value) {
        return switch (part) {
            case CONTAINER -> container.fix(value, steps.toArray());
            case POD -> manifest.pod().fix(value, steps.toArray());
            case TEMPLATE -> {
                List<Object> spec = manifest.pod().fix(value).path();
                List<Object> path = new ArrayList<>(spec.subList(0, spec.size() - 1));
                path.addAll(steps);
                yield new Fix(path, value);
            }
            case OBJECT -> new Fix(steps, value);
        };
    }
}
