package io.kubeguardian.rules.field;

import io.kubeguardian.rules.EventType;
import io.kubeguardian.config.Nearest;
import io.kubeguardian.rules.field.Field.Argument;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** All fields by name. What they mean: https://falco.org/docs/reference/rules/supported-fields/. */
public final class FieldTable {
    static final Set<EventType> EVERY = Set.copyOf(EnumSet.allOf(EventType.class));

    private static final FieldTable STANDARD = new FieldTable();

    private final TreeMap<String, Field> fields = new TreeMap<>();

    private FieldTable() {
        EventFields.addTo(this);
        ProcessFields.addTo(this);
        CredentialFields.addTo(this);
        DescriptorFields.addTo(this);
        PathFields.addTo(this);
        DnsFields.addTo(this);
        ContainerFields.addTo(this);
        KubernetesFields.addTo(this);
        UnsourcedFields.addTo(this);
    }

    public static FieldTable standard() {
        return STANDARD;
    }

    /** Null when there is no such field. */
    public Field find(String name) {
        Field field = fields.get(name);
        if (field != null) {
            return field;
        }
        // Families: the last part of the name is what else would stand in brackets.
        if (name.startsWith("evt.arg.") || name.startsWith("evt.rawarg.")) {
            return new Field(name, Set.of(), Argument.NONE, argument -> new FieldValue.Unsourced());
        }
        if (name.startsWith("k8s.pod.label.")) {
            Field label = fields.get("k8s.pod.label");
            String key = name.substring("k8s.pod.label.".length());
            return new Field(name, label.types(), Argument.NONE, none -> label.read(key));
        }
        return null;
    }

    /** Empty when nothing is near enough to be what was meant. */
    public String nearest(String name) {
        return Nearest.to(name, fields.keySet());
    }

    public Collection<Field> all() {
        return Collections.unmodifiableCollection(fields.values());
    }

    void text(String name, Set<EventType> types, FieldValue.Text value) {
        plain(name, types, value);
    }

    void number(String name, Set<EventType> types, FieldValue.Number value) {
        plain(name, types, value);
    }

    void flag(String name, Set<EventType> types, FieldValue.Flag value) {
        plain(name, types, value);
    }

    void plain(String name, Set<EventType> types, FieldValue value) {
        add(new Field(name, types, Argument.NONE, argument -> value));
    }

    void withArgument(String name, Set<EventType> types, Argument argument, Function<String, FieldValue> reader) {
        add(new Field(name, types, argument, reader));
    }

    private void add(Field field) {
        if (fields.put(field.name(), field) != null) {
            throw new IllegalStateException("field " + field.name() + " is defined twice");
        }
    }
}
