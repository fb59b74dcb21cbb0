package io.kubeguardian.rules.field;

import io.kubeguardian.rules.EventType;
import io.kubeguardian.rules.EventView;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Which system calls, by Falco's names, each kind of event stands for. */
public final class EventNames {
    /** Kinds whose events do not say which of their calls it was, with the name that stands for them in outputs. */
    private static final Map<EventType, String> ONE_NAME = new EnumMap<>(Map.of(
            EventType.EXEC, "execve", EventType.FORK, "clone", EventType.EXIT, "procexit", EventType.OPEN, "openat",
            EventType.CONNECT, "connect", EventType.DNS, "dns"));

    private static final Map<String, EventType> TYPES = new TreeMap<>();

    static {
        all(EventType.EXEC, "execve", "execveat");
        all(EventType.FORK, "clone", "clone3", "fork", "vfork");
        all(EventType.EXIT, "procexit");
        all(EventType.OPEN, "open", "openat", "openat2", "creat");
        all(EventType.CONNECT, "connect");
        all(EventType.FILE_CHANGE, "rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat", "unlink",
                "unlinkat", "mkdir", "mkdirat", "rmdir", "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown",
                "lchown", "fchownat", "truncate", "ftruncate", "mknod", "mknodat");
        all(EventType.SOCKET, "socket", "bind", "listen", "accept", "accept4", "sendto", "sendmsg", "sendmmsg");
        all(EventType.DNS, "dns");
        all(EventType.DUP, "dup", "dup2", "dup3", "fcntl");
        all(EventType.CALL, CallArguments.calls().toArray(String[]::new));
    }

    private EventNames() {}

    private static void all(EventType type, String... names) {
        for (String name : names) {
            if (TYPES.put(name, type) != null) {
                throw new IllegalStateException("call " + name + " belongs to two kinds");
            }
        }
    }

    /** The name that stands for the kind in outputs; null for a kind whose events have each its own. */
    public static String name(EventType type) {
        return ONE_NAME.get(type);
    }

    /** Whether each event of the kind says which call it was. */
    public static boolean isNamed(EventType type) {
        return !ONE_NAME.containsKey(type);
    }

    /** All names that some kind of event stands for. */
    public static Set<String> all() {
        return Collections.unmodifiableSet(TYPES.keySet());
    }

    /** The names that a kind stands for, in alphabetical order. */
    public static List<String> of(EventType type) {
        return TYPES.entrySet().stream().filter(entry -> entry.getValue() == type).map(Map.Entry::getKey).toList();
    }

    /** Null for a call that no kind of event stands for. */
    public static EventType type(String name) {
        return TYPES.get(name);
    }

    /** Kinds that surely are one of the named system calls. */
    public static EnumSet<EventType> surely(Iterable<String> names) {
        EnumSet<EventType> types = EnumSet.noneOf(EventType.class);
        for (String name : names) {
            EventType type = TYPES.get(name);
            if (type != null && !isNamed(type) && !name.equals("creat")) {
                types.add(type);
            }
        }
        return types;
    }

    /** Kinds of which some events are one of the named system calls, and some are not. */
    public static EnumSet<EventType> perhaps(Iterable<String> names) {
        EnumSet<EventType> types = EnumSet.noneOf(EventType.class);
        for (String name : names) {
            EventType type = TYPES.get(name);
            if (type != null && (isNamed(type) || name.equals("creat"))) {
                types.add(type);
            }
        }
        types.removeAll(surely(names));
        return types;
    }

    /** An open that creat(2) is defined to be: O_CREAT|O_WRONLY|O_TRUNC. Which call made it, the event does not say. */
    public static boolean isCreat(EventView event) {
        int all = OpenFlags.ACCESS_MODE | OpenFlags.CREAT | OpenFlags.TRUNC;
        return event.type() == EventType.OPEN
                && (event.openFlags() & all) == (OpenFlags.WRONLY | OpenFlags.CREAT | OpenFlags.TRUNC);
    }
}
