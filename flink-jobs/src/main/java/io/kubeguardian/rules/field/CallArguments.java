package io.kubeguardian.rules.field;

import static io.kubeguardian.rules.field.FieldValue.orNull;

import io.kubeguardian.rules.EventType;
import io.kubeguardian.rules.EventView;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * evt.arg.NAME, evt.args: the arguments of each system call by the names that Falco gives them (its table of events:
 * falcosecurity/libs, driver/event_table.c). The result comes first, under "res" or the name Falco has for it.
 */
final class CallArguments {
    /** One argument of one call. @param read as Falco writes it; null when the event does not have it */
    record Argument(String name, Function<EventView, String> read) {}

    private static final Map<String, List<Argument>> BY_CALL = new TreeMap<>();
    /** Calls of {@link EventType#CALL}. */
    private static final Set<String> CALLS = new TreeSet<>();

    private static final Argument RES = new Argument("res", CallArguments::result);
    private static final Argument FD_RESULT = new Argument("fd", event -> Long.toString(event.result()));

    static {
        processes();
        files();
        sockets();
        others();
    }

    private CallArguments() {}

    private static void processes() {
        for (String call : List.of("execve", "execveat")) {
            call(call, RES,
                    new Argument("exe", event -> ProcessFields.argument0(event.process())),
                    new Argument("args", event -> orNull(FieldValue.joined(event.process().args(), 1))),
                    new Argument("cwd", event -> ProcessFields.cwd(event.process())),
                    new Argument("comm", event -> orNull(event.process().name())),
                    new Argument("env", event -> orNull(String.join(" ", event.process().environment()))),
                    new Argument("tty", event -> Integer.toString(event.process().tty())),
                    new Argument("loginuid", event -> Integer.toString(event.process().loginUid())),
                    new Argument("cap_inheritable", event -> Symbols.capabilities(event.process().capInheritable())),
                    new Argument("cap_permitted", event -> Symbols.capabilities(event.process().capPermitted())),
                    new Argument("cap_effective", event -> Symbols.capabilities(event.process().capEffective())),
                    new Argument("filename", event -> orNull(event.process().exePath())));
        }
        call("procexit", new Argument("status", event -> Long.toString(event.result())));
    }

    private static void files() {
        Argument path = new Argument("path", event -> orNull(event.path()));
        Argument name = new Argument("name", event -> orNull(event.path()));
        Argument mode = new Argument("mode", event -> OpenFlags.modeText(event.openMode()));
        Argument flags = new Argument("flags", event -> Integer.toString(event.flags()));
        for (String call : List.of("open", "openat", "openat2", "creat")) {
            call(call, FD_RESULT, name, new Argument("flags", event -> OpenFlags.text(event.openFlags())), mode, RES);
        }
        for (String call : List.of("rename", "renameat", "renameat2", "link", "linkat")) {
            call(call, RES, new Argument("oldpath", event -> orNull(event.path())),
                    new Argument("newpath", event -> orNull(event.secondPath())), flags);
        }
        for (String call : List.of("symlink", "symlinkat")) {
            call(call, RES, new Argument("target", event -> orNull(event.secondPath())),
                    new Argument("linkpath", event -> orNull(event.path())));
        }
        call("unlink", RES, path);
        call("unlinkat", RES, name, new Argument("flags", event -> (event.flags() & 0x200) == 0 ? "0" : "AT_REMOVEDIR"));
        call("mkdir", RES, path, mode);
        call("mkdirat", RES, path, mode);
        call("rmdir", RES, path);
        for (String call : List.of("chmod", "fchmod", "fchmodat", "fchmodat2")) {
            call(call, RES, new Argument("filename", event -> orNull(event.path())), mode);
        }
        for (String call : List.of("chown", "fchown", "lchown", "fchownat")) {
            call(call, RES, path, new Argument("uid", event -> Integer.toString(event.owner())),
                    new Argument("gid", event -> Integer.toString(event.group())));
        }
        for (String call : List.of("truncate", "ftruncate")) {
            call(call, RES, path);
        }
        for (String call : List.of("mknod", "mknodat")) {
            call(call, RES, path, mode);
        }
        for (String call : List.of("dup", "dup2", "dup3", "fcntl")) {
            call(call, RES, new Argument("oldfd", event -> Integer.toString(event.fd())),
                    new Argument("newfd", event -> Long.toString(event.result())),
                    new Argument("fd", event -> Integer.toString(event.fd())));
        }
    }

    private static void sockets() {
        Argument fd = new Argument("fd", event -> Integer.toString(event.fd()));
        Argument tuple = new Argument("tuple", DescriptorFields::name);
        Argument size = new Argument("size", event -> Long.toString(event.size()));
        call("connect", RES, tuple, fd);
        call("socket", FD_RESULT, new Argument("domain", event -> Symbols.family(event.family())),
                new Argument("type", event -> Symbols.socketType(event.socketType())),
                new Argument("proto", event -> Integer.toString(event.protocol())));
        call("bind", RES, new Argument("addr", event -> DescriptorFields.end(event.localAddress(), event.localPort())), fd);
        call("listen", RES, fd, new Argument("backlog", event -> Long.toString(event.size())));
        call("accept", FD_RESULT, tuple);
        call("accept4", FD_RESULT, tuple);
        for (String call : List.of("sendto", "sendmsg", "sendmmsg")) {
            call(call, RES, fd, size, tuple);
        }
    }

    /** The calls that share {@link EventType#CALL}. */
    private static void others() {
        other("ptrace", new Argument("request", event -> Symbols.ptrace(number(event, 0))),
                new Argument("pid", event -> event.targetPid() == 0
                        ? Long.toString(number(event, 1))
                        : Integer.toString(event.targetPid())));
        other("process_vm_writev", numeric("pid", 0));
        other("process_vm_readv", numeric("pid", 0));
        for (String call : List.of("kill", "tkill")) {
            other(call, numeric("pid", 0), numeric("sig", 1));
        }
        other("tgkill", numeric("pid", 0), numeric("tid", 1), numeric("sig", 2));
        other("setns", numeric("fd", 0), new Argument("nstype", event -> Symbols.namespaces(number(event, 1))));
        other("unshare", new Argument("flags", event -> Symbols.namespaces(number(event, 0))));
        other("mount", new Argument("flags", event -> Symbols.mountFlags(number(event, 3))), text("dev", 0), text("dir", 1),
                text("type", 2), text("data", 3));
        other("umount2", text("name", 0), numeric("flags", 1));
        other("move_mount", text("from", 0), text("to", 1));
        other("open_tree", text("path", 0), numeric("flags", 2));
        other("fsopen", text("type", 0), numeric("flags", 1));
        other("fsmount", numeric("fd", 0), numeric("flags", 1));
        other("fsconfig", numeric("fd", 0), numeric("cmd", 1), text("key", 0), text("value_charbuf", 1), numeric("aux", 4));
        other("mount_setattr", text("path", 0), numeric("flags", 2));
        other("pivot_root", text("new_root", 0), text("put_old", 1));
        other("chroot", text("path", 0));
        other("setuid", numeric("uid", 0));
        other("setgid", numeric("gid", 0));
        other("setfsuid", numeric("uid", 0));
        other("setfsgid", numeric("gid", 0));
        other("setreuid", numeric("ruid", 0), numeric("euid", 1));
        other("setregid", numeric("rgid", 0), numeric("egid", 1));
        other("setresuid", numeric("ruid", 0), numeric("euid", 1), numeric("suid", 2));
        other("setresgid", numeric("rgid", 0), numeric("egid", 1), numeric("sgid", 2));
        other("setgroups", numeric("size", 0));
        other("capset", capabilities("cap_inheritable", 4), capabilities("cap_permitted", 3),
                capabilities("cap_effective", 2));
        other("init_module", numeric("length", 1), text("uargs", 0));
        other("finit_module", numeric("fd", 0), text("path", 0), text("uargs", 1), numeric("flags", 2));
        other("delete_module", text("name", 0), numeric("flags", 1));
        other("bpf", new Argument("cmd", event -> Symbols.bpfCommand(number(event, 0))));
        other("memfd_create", text("name", 0), new Argument("flags", event -> Symbols.memfdFlags(number(event, 1))));
        other("io_uring_setup", numeric("entries", 0), numeric("flags", 2));
        other("perf_event_open", numeric("type", 5), numeric("pid", 1), numeric("cpu", 2));
        other("utimensat", text("path", 0), fileTime("atime", 4), fileTime("mtime", 5), numeric("flags", 3));
        other("futimesat", text("path", 0), fileTime("atime", 3), fileTime("mtime", 4));
        for (String call : List.of("utimes", "utime")) {
            other(call, text("path", 0), fileTime("atime", 2), fileTime("mtime", 3));
        }
        other("open_by_handle_at", numeric("mountfd", 0), numeric("flags", 2), text("path", 1));
        for (String call : List.of("acct", "swapon", "swapoff")) {
            other(call, text("path", 0));
        }
        for (String call : List.of("userfaultfd", "add_key", "keyctl", "personality", "prctl", "ioperm", "iopl", "kexec_load",
                "kexec_file_load", "reboot", "settimeofday", "clock_settime", "syslog", "name_to_handle_at", "seccomp",
                "pidfd_getfd", "pidfd_send_signal", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "request_key", "sethostname",
                "setdomainname", "fspick")) {
            other(call);
        }
    }

    private static void call(String name, Argument... arguments) {
        BY_CALL.put(name, List.of(arguments));
    }

    private static void other(String name, Argument... arguments) {
        List<Argument> all = new ArrayList<>();
        all.add(name.equals("userfaultfd") ? new Argument("res_or_fd", CallArguments::result) : RES);
        all.addAll(List.of(arguments));
        BY_CALL.put(name, List.copyOf(all));
        CALLS.add(name);
    }

    private static Argument numeric(String name, int index) {
        return new Argument(name, event -> Long.toString(number(event, index)));
    }

    private static Argument text(String name, int index) {
        return new Argument(name, event -> index < event.texts().size() ? orNull(event.texts().get(index)) : null);
    }

    private static Argument fileTime(String name, int index) {
        return new Argument(name, event -> index < event.arguments().size() ? Symbols.fileTime(number(event, index)) : null);
    }

    private static Argument capabilities(String name, int index) {
        return new Argument(name, event -> Symbols.capabilities(number(event, index)));
    }

    private static long number(EventView event, int index) {
        return index < event.arguments().size() ? event.arguments().get(index) : 0;
    }

    private static String result(EventView event) {
        return event.result() >= 0 ? Long.toString(event.result()) : Errno.name((int) Math.max(event.result(), -4095));
    }

    /** Names of the calls of {@link EventType#CALL}. */
    static Set<String> calls() {
        return CALLS;
    }

    static void addTo(FieldTable table) {
        Map<String, Map<String, Argument>> byArgument = new TreeMap<>();
        BY_CALL.forEach((call, arguments) -> arguments.forEach(argument ->
                byArgument.computeIfAbsent(argument.name(), none -> new LinkedHashMap<>()).put(call, argument)));
        byArgument.forEach((name, byCall) -> {
            EnumSet<EventType> types = EnumSet.noneOf(EventType.class);
            byCall.keySet().forEach(call -> types.add(EventNames.type(call)));
            table.text("evt.arg." + name, Set.copyOf(types), event -> {
                Argument argument = byCall.get(event.name());
                return argument == null ? null : argument.read().apply(event);
            });
        });
        table.text("evt.args", FieldTable.EVERY, CallArguments::all);
        table.text("evt.info", FieldTable.EVERY, CallArguments::all);
    }

    /** "name=value name=value" of all that the event has; null for a call without arguments. */
    private static String all(EventView event) {
        StringBuilder all = new StringBuilder();
        for (Argument argument : BY_CALL.getOrDefault(event.name(), List.of())) {
            String value = argument.read().apply(event);
            if (value != null) {
                all.append(all.isEmpty() ? "" : " ").append(argument.name()).append('=').append(value);
            }
        }
        return orNull(all.toString());
    }
}
