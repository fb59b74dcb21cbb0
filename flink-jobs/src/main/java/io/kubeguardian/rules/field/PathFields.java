package io.kubeguardian.rules.field;

import static io.kubeguardian.rules.field.FieldValue.orNull;

import io.kubeguardian.rules.EventType;
import io.kubeguardian.rules.EventView;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Function;

/**
 * fs.path.*, evt.abspath*: the paths that a call was about. Of rename and link the source is the old path and the target
 * the new one; of symlink the source is what the link says, the target the link.
 */
final class PathFields {
    private static final Set<EventType> CHANGES = Set.of(EventType.FILE_CHANGE);
    private static final Set<EventType> FILES = Set.copyOf(EnumSet.of(EventType.OPEN, EventType.FILE_CHANGE));

    private PathFields() {}

    static void addTo(FieldTable table) {
        table.text("fs.path.name", FILES, event -> hasTwo(event) ? null : orNull(Paths.normal(event.path())));
        table.text("fs.path.nameraw", FILES, event -> hasTwo(event) ? null : orNull(event.rawPath()));
        two(table, "fs.path.source", event -> source(event, event.path(), event.secondPath()));
        two(table, "fs.path.sourceraw", event -> source(event, event.rawPath(), event.rawSecondPath()));
        two(table, "fs.path.target", event -> source(event, event.secondPath(), event.path()));
        two(table, "fs.path.targetraw", event -> source(event, event.rawSecondPath(), event.rawPath()));
        two(table, "evt.abspath.src", event -> source(event, event.path(), event.secondPath()));
        two(table, "evt.abspath.dst", event -> source(event, event.secondPath(), event.path()));
        table.text("evt.abspath", FILES, event -> hasTwo(event)
                ? orNull(source(event, event.path(), event.secondPath()))
                : orNull(Paths.normal(event.path())));
    }

    private static void two(FieldTable table, String name, Function<EventView, String> read) {
        table.text(name, CHANGES, event -> hasTwo(event) ? orNull(read.apply(event)) : null);
    }

    private static String source(EventView event, String path, String second) {
        return event.name().startsWith("symlink") ? second : path;
    }

    private static boolean hasTwo(EventView event) {
        return event.type() == EventType.FILE_CHANGE && !event.secondPath().isEmpty();
    }
}
