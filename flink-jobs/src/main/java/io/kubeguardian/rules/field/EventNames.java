package io.kubeguardian.rules.field;

import io.kubeguardian.rules.EventType;
import io.kubeguardian.rules.EventView;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** Which system calls, by Falco's names, each kind of event stands for. */
public final class EventNames {
    private static final Map<String, EventType> TYPES = Map.ofEntries(
            Map.entry("execve", EventType.EXEC),
            Map.entry("execveat", EventType.EXEC),
            Map.entry("clone", EventType.FORK),
            Map.entry("clone3", EventType.FORK),
            Map.entry("fork", EventType.FORK),
            Map.entry("vfork", EventType.FORK),
            Map.entry("procexit", EventType.EXIT),
            Map.entry("open", EventType.OPEN),
            Map.entry("openat", EventType.OPEN),
            Map.entry("openat2", EventType.OPEN),
            Map.entry("creat", EventType.OPEN),
            Map.entry("connect", EventType.CONNECT));

    private EventNames() {}

    /** The name that stands for the kind in outputs. */
    public static String name(EventType type) {
        return switch (type) {
            case EXEC -> "execve";
            case FORK -> "clone";
            case EXIT -> "procexit";
            case OPEN -> "openat";
            case CONNECT -> "connect";
        };
    }

    /** All names that some kind of event stands for. */
    public static Set<String> all() {
        return TYPES.keySet();
    }

    /** Kinds that surely are one of the named system calls. */
    public static EnumSet<EventType> surely(Iterable<String> names) {
        EnumSet<EventType> types = EnumSet.noneOf(EventType.class);
        for (String name : names) {
            EventType type = TYPES.get(name);
            if (type != null && !name.equals("creat")) {
                types.add(type);
            }
        }
        return types;
    }

    /** An open that creat(2) is defined to be: O_CREAT|O_WRONLY|O_TRUNC. Which call made it, the event does not say. */
    public static boolean isCreat(EventView event) {
        int all = OpenFlags.ACCESS_MODE | OpenFlags.CREAT | OpenFlags.TRUNC;
        return event.type() == EventType.OPEN
                && (event.openFlags() & all) == (OpenFlags.WRONLY | OpenFlags.CREAT | OpenFlags.TRUNC);
    }
}
