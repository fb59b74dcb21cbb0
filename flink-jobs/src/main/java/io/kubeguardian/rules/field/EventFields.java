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
    private static final Set<EventType> WITH_RESULT =
            Set.copyOf(EnumSet.complementOf(EnumSet.of(EventType.FORK, EventType.EXIT, EventType.DNS)));

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
            case OPEN, FILE_CHANGE -> "file";
            case CONNECT, SOCKET, DNS -> "net";
            case DUP -> "IO-other";
            case CALL -> "other";
        });
        table.text("evt.hostname", EVERY, event -> orNull(event.container().node()));
        addTimes(table);
        addResults(table);
        addOpenFlags(table);
        CallArguments.addTo(table);
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
        table.text("evt.res", WITH_RESULT,
                event -> !event.isFailed() ? "SUCCESS" : Errno.name((int) Math.max(event.result(), -4095)));
        table.number("evt.rawres", WITH_RESULT, FieldValue.Signed.of(EventView::result, event -> event.isFailed() ? -1 : 1));
        table.flag("evt.failed", WITH_RESULT, event -> FieldValue.Flag.of(event.isFailed()));
    }

    private static void addOpenFlags(FieldTable table) {
        table.flag("evt.is_open_read", OPEN, event -> FieldValue.Flag.of(OpenFlags.reads(event.openFlags())));
        table.flag("evt.is_open_write", OPEN, event -> FieldValue.Flag.of(OpenFlags.writes(event.openFlags())));
        table.flag("evt.is_open_exec", OPEN, event -> FieldValue.Flag.of(
                OpenFlags.creates(event.openFlags()) && (event.openMode() & 0111) != 0));
    }

    private static String format(DateTimeFormatter formatter, EventView event) {
        return Instant.ofEpochSecond(Math.floorDiv(event.time(), SECOND), Math.floorMod(event.time(), SECOND))
                .atOffset(ZoneOffset.UTC)
                .format(formatter);
    }
}
