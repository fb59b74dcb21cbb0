package io.kubeguardian.rules.field;

import static io.kubeguardian.rules.field.FieldTable.EVERY;
import static io.kubeguardian.rules.field.FieldValue.orNull;

import io.kubeguardian.rules.EventType;
import io.kubeguardian.rules.EventView;
import io.kubeguardian.rules.field.Field.Argument;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.EnumSet;
import java.util.Set;

/** evt.*: the event itself. Times are UTC. */
final class EventFields {
    private static final Set<EventType> OPEN = Set.of(EventType.OPEN);
    private static final Set<EventType> EXEC = Set.of(EventType.EXEC);
    private static final Set<EventType> CONNECT = Set.of(EventType.CONNECT);
    private static final Set<EventType> EXIT = Set.of(EventType.EXIT);
    private static final Set<EventType> WITH_RESULT =
            Set.copyOf(EnumSet.of(EventType.EXEC, EventType.OPEN, EventType.CONNECT));

    private static final long SECOND = 1_000_000_000L;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.nnnnnnnnn");
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("HH:mm:ss");
    private static final DateTimeFormatter DATE_TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.nnnnnnnnn");
    private static final DateTimeFormatter ISO_8601 = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnnxx");

    private EventFields() {}

    static void addTo(FieldTable table) {
        table.plain("evt.type", EVERY, new FieldValue.EventName());
        // Every event is seen when its call returns.
        table.text("evt.dir", EVERY, event -> "<");
        table.text("evt.category", EVERY, event -> switch (event.type()) {
            case EXEC, FORK, EXIT -> "process";
            case OPEN -> "file";
            case CONNECT -> "net";
        });
        table.text("evt.hostname", EVERY, event -> orNull(event.container().node()));
        addTimes(table);
        addResults(table);
        addOpenArguments(table);
        addOtherArguments(table);
        table.withArgument("evt.arg", EVERY, Argument.REQUIRED, name -> {
            Field field = table.find("evt.arg." + name);
            return field.read(null);
        });
    }

    private static void addTimes(FieldTable table) {
        table.text("evt.time", EVERY, event -> format(TIME, event));
        table.text("evt.time.s", EVERY, event -> format(SECONDS, event));
        table.text("evt.time.iso8601", EVERY, event -> format(ISO_8601, event));
        table.text("evt.datetime", EVERY, event -> format(DATE_TIME, event));
        table.number("evt.rawtime", EVERY, EventView::time);
        table.number("evt.rawtime.s", EVERY, event -> Math.floorDiv(event.time(), SECOND));
        table.number("evt.rawtime.ns", EVERY, event -> Math.floorMod(event.time(), SECOND));
    }

    private static void addResults(FieldTable table) {
        table.text("evt.res", WITH_RESULT, event -> event.result() >= 0 ? "SUCCESS" : Errno.name(event.result()));
        table.number("evt.rawres", WITH_RESULT, EventView::result);
        table.flag("evt.failed", WITH_RESULT, event -> FieldValue.Flag.of(event.result() < 0));
    }

    private static void addOpenArguments(FieldTable table) {
        table.flag("evt.is_open_read", OPEN, event -> FieldValue.Flag.of(OpenFlags.reads(event.openFlags())));
        table.flag("evt.is_open_write", OPEN, event -> FieldValue.Flag.of(OpenFlags.writes(event.openFlags())));
        table.flag("evt.is_open_exec", OPEN, event -> FieldValue.Flag.of(
                OpenFlags.creates(event.openFlags()) && (event.openMode() & 0111) != 0));
        table.text("evt.arg.flags", OPEN, event -> OpenFlags.text(event.openFlags()));
        table.text("evt.arg.mode", OPEN, event -> OpenFlags.modeText(event.openMode()));
        table.text("evt.arg.name", OPEN, event -> orNull(event.path()));
    }

    private static void addOtherArguments(FieldTable table) {
        table.text("evt.arg.fd", OPEN, event -> Integer.toString(event.result()));
        table.text("evt.arg.res", WITH_RESULT, event -> event.result() >= 0
                ? Integer.toString(event.result())
                : Errno.name(event.result()));
        table.text("evt.arg.filename", EXEC, event -> orNull(event.process().exePath()));
        table.text("evt.arg.exe", EXEC, event -> ProcessFields.argument0(event.process()));
        table.text("evt.arg.args", EXEC, event -> orNull(FieldValue.joined(event.process().args(), 1)));
        table.text("evt.arg.cwd", EXEC, event -> ProcessFields.cwd(event.process()));
        table.text("evt.arg.comm", EXEC, event -> orNull(event.process().name()));
        table.text("evt.arg.tuple", CONNECT, DescriptorFields::name);
        table.number("evt.arg.status", EXIT, EventView::result);
    }

    private static String format(DateTimeFormatter formatter, EventView event) {
        return Instant.ofEpochSecond(Math.floorDiv(event.time(), SECOND), Math.floorMod(event.time(), SECOND))
                .atOffset(ZoneOffset.UTC)
                .format(formatter);
    }
}
