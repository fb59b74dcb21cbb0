package io.kubeguardian.rules.field;

import static io.kubeguardian.rules.field.FieldTable.EVERY;
import static io.kubeguardian.rules.field.FieldValue.MISSING;
import static io.kubeguardian.rules.field.FieldValue.orNull;

import io.kubeguardian.rules.EventView;
import io.kubeguardian.rules.ProcessView;
import io.kubeguardian.rules.field.Field.Argument;
import io.kubeguardian.schema.EventBits;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/** proc.*: the process that acted and its ancestors. */
final class ProcessFields {
    /** Also ends the walk should a process tree be broken and circular. */
    private static final int MAX_ANCESTORS = 64;

    private ProcessFields() {}

    static void addTo(FieldTable table) {
        addOwn(table);
        addParent(table);
        addFile(table);
        addSession(table);
        addAge(table);
        addEnvironment(table);
        ancestors(table, "proc.aname", process -> orNull(process.name()));
        ancestors(table, "proc.aexe", ProcessFields::argument0);
        ancestors(table, "proc.aexepath", process -> orNull(process.exePath()));
        ancestors(table, "proc.acmdline", process -> orNull(process.commandLine()));
        ancestors(table, "proc.apid", process -> Integer.toString(process.pid()));
    }

    private static void addOwn(FieldTable table) {
        table.text("proc.name", EVERY, event -> orNull(event.process().name()));
        table.text("proc.exe", EVERY, event -> argument0(event.process()));
        table.text("proc.exepath", EVERY, event -> orNull(event.process().exePath()));
        table.text("proc.cmdline", EVERY, event -> orNull(event.process().commandLine()));
        table.text("proc.exeline", EVERY, event -> orNull(FieldValue.joined(event.process().args(), 0)));
        // Without arguments it is there and empty; it is missing when the exec was not seen.
        table.text("proc.args", EVERY, event -> event.process().args().isEmpty()
                ? null
                : FieldValue.joined(event.process().args(), 1));
        table.number("proc.cmdnargs", EVERY, event -> event.process().args().isEmpty()
                ? MISSING
                : event.process().args().size() - 1);
        table.text("proc.cwd", EVERY, event -> cwd(event.process()));
        table.number("proc.pid", EVERY, event -> event.process().pid());
        table.number("proc.vpid", EVERY, FieldValue.Ordinal.of(
                event -> event.process().containerPid() == 0 ? MISSING : event.process().containerPid(),
                event -> event.process().isFirst()));
        table.number("proc.cmdlenargs", EVERY, event -> event.process().args().isEmpty()
                ? MISSING
                : event.process().args().stream().skip(1).mapToLong(String::length).sum());
    }

    /** Of the file that it runs. Times are nanoseconds since the Unix epoch. */
    private static void addFile(FieldTable table) {
        table.flag("proc.is_exe_upper_layer", EVERY, event -> execFlag(event, EventBits.EXEC_UPPER_LAYER));
        table.flag("proc.is_exe_from_memfd", EVERY, event -> execFlag(event, EventBits.EXEC_MEMFD));
        table.flag("proc.is_exe_writable", EVERY, event -> execFlag(event, EventBits.EXEC_WRITABLE));
        table.number("proc.exe_ino", EVERY, event -> known(event.process().exeInode()));
        table.number("proc.exe_ino.ctime", EVERY, event -> known(event.process().exeChangeTime()));
        table.number("proc.exe_ino.mtime", EVERY, event -> known(event.process().exeModifyTime()));
        table.number("proc.exe_ino.ctime_duration_proc_start", EVERY, event -> {
            ProcessView process = event.process();
            boolean changedBefore = process.exeChangeTime() != 0 && process.exeChangeTime() < process.execTime();
            return changedBefore ? process.execTime() - process.exeChangeTime() : MISSING;
        });
    }

    /** Nanoseconds. What ran before its sensor began has none: it is not new. */
    private static void addAge(FieldTable table) {
        table.number("proc.pid.ts", EVERY, event -> known(event.process().startedAt()));
        table.number("proc.duration", EVERY, event -> age(event, event.process()));
        table.number("proc.ppid.ts", EVERY, event -> {
            ProcessView parent = event.process().parent();
            return parent == null ? MISSING : known(parent.startedAt());
        });
        table.number("proc.ppid.duration", EVERY, event -> age(event, event.process().parent()));
    }

    private static long age(EventView event, ProcessView process) {
        return process == null || process.startedAt() == 0 ? MISSING : Math.max(0, event.time() - process.startedAt());
    }

    /** Session and process group by the host's numbers; their leaders as far as they are ancestors. */
    private static void addSession(FieldTable table) {
        table.number("proc.tty", EVERY, event -> event.process().tty());
        table.number("proc.sid", EVERY, event -> known(event.process().session()));
        table.number("proc.pgid", EVERY, event -> known(event.process().processGroup()));
        table.flag("proc.is_sid_leader", EVERY,
                event -> FieldValue.Flag.of(event.process().session() == event.process().pid()));
        // The group's number in the container is the leader's, so leading is the same in either numbering.
        for (String name : new String[] {"proc.pgid.is_leader", "proc.is_vpgid_leader"}) {
            table.flag(name, EVERY,
                    event -> FieldValue.Flag.of(event.process().processGroup() == event.process().pid()));
        }
        leader(table, "proc.sname", ProcessView::session, process -> orNull(process.name()));
        leader(table, "proc.sid.exe", ProcessView::session, ProcessFields::argument0);
        leader(table, "proc.sid.exepath", ProcessView::session, process -> orNull(process.exePath()));
        for (String group : new String[] {"proc.pgid", "proc.vpgid"}) {
            leader(table, group + ".name", ProcessView::processGroup, process -> orNull(process.name()));
            leader(table, group + ".exe", ProcessView::processGroup, ProcessFields::argument0);
            leader(table, group + ".exepath", ProcessView::processGroup, process -> orNull(process.exePath()));
        }
    }

    private static void leader(FieldTable table, String name, ToIntFunction<ProcessView> leader,
            Function<ProcessView, String> read) {
        table.text(name, EVERY, event -> {
            int pid = leader.applyAsInt(event.process());
            ProcessView process = pid == 0 ? null : event.process();
            for (int i = 0; i < MAX_ANCESTORS && process != null && process.pid() != pid; i++) {
                process = process.parent();
            }
            return process == null || process.pid() != pid ? null : read.apply(process);
        });
    }

    /** Of the names that the collector is allowed to read. */
    private static void addEnvironment(FieldTable table) {
        table.withArgument("proc.env", EVERY, Argument.OPTIONAL, name -> name == null
                ? (FieldValue.Text) event -> orNull(String.join(" ", event.process().environment()))
                : (FieldValue.Text) event -> variable(event.process(), name));
        table.withArgument("proc.aenv", EVERY, Argument.REQUIRED, name -> (FieldValue.Text) event -> {
            ProcessView process = event.process().parent();
            for (int i = 0; i < MAX_ANCESTORS && process != null; i++) {
                String value = variable(process, name);
                if (value != null) {
                    return value;
                }
                process = process.parent();
            }
            return null;
        });
    }

    private static String variable(ProcessView process, String name) {
        for (String variable : process.environment()) {
            if (variable.startsWith(name) && variable.length() > name.length() && variable.charAt(name.length()) == '=') {
                return variable.substring(name.length() + 1);
            }
        }
        return null;
    }

    private static long known(long number) {
        return number == 0 ? MISSING : number;
    }

    private static void addParent(FieldTable table) {
        table.text("proc.pname", EVERY, parent(process -> orNull(process.name())));
        table.text("proc.pexe", EVERY, parent(ProcessFields::argument0));
        table.text("proc.pexepath", EVERY, parent(process -> orNull(process.exePath())));
        table.text("proc.pcmdline", EVERY, parent(process -> orNull(process.commandLine())));
        table.number("proc.ppid", EVERY, event -> {
            ProcessView parent = event.process().parent();
            return parent == null ? MISSING : parent.pid();
        });
        table.number("proc.pvpid", EVERY, FieldValue.Ordinal.of(event -> {
            ProcessView parent = event.process().parent();
            return parent == null || parent.containerPid() == 0 ? MISSING : parent.containerPid();
        }, event -> event.process().parent() != null && event.process().parent().isFirst()));
    }

    static String argument0(ProcessView process) {
        return process.args().isEmpty() ? null : process.args().get(0);
    }

    /** Falco's working directories end with a slash. */
    static String cwd(ProcessView process) {
        String cwd = process.cwd();
        return cwd == null || cwd.isEmpty() ? null : cwd.endsWith("/") ? cwd : cwd + "/";
    }

    private static long execFlag(EventView event, int bit) {
        return FieldValue.Flag.of((event.process().execFlags() & bit) != 0);
    }

    private static FieldValue.Text parent(Function<ProcessView, String> read) {
        return event -> {
            ProcessView parent = event.process().parent();
            return parent == null ? null : read.apply(parent);
        };
    }

    /** With an index the ancestor so many generations up (0: the process itself); without one all, parent first. */
    private static void ancestors(FieldTable table, String name, Function<ProcessView, String> read) {
        FieldValue every = new FieldValue.Many(
                (event, test) -> anyAncestor(event, read, test),
                event -> {
                    StringBuilder all = new StringBuilder();
                    anyAncestor(event, read, text -> {
                        all.append(all.isEmpty() ? "" : "->").append(text);
                        return false;
                    });
                    return orNull(all.toString());
                });
        table.withArgument(name, EVERY, Argument.OPTIONAL, index -> index == null ? every : ancestor(name, index, read));
    }

    private static FieldValue.Text ancestor(String name, String index, Function<ProcessView, String> read) {
        int generations;
        try {
            generations = Integer.parseInt(index);
        } catch (NumberFormatException e) {
            generations = -1;
        }
        if (generations < 0 || generations > MAX_ANCESTORS) {
            throw new IllegalArgumentException(
                    name + "[" + index + "] needs a number of generations from 0 to " + MAX_ANCESTORS);
        }
        int up = generations;
        return event -> {
            ProcessView process = event.process();
            for (int i = 0; i < up && process != null; i++) {
                process = process.parent();
            }
            return process == null ? null : read.apply(process);
        };
    }

    private static boolean anyAncestor(EventView event, Function<ProcessView, String> read, Predicate<String> test) {
        ProcessView process = event.process().parent();
        for (int i = 0; i < MAX_ANCESTORS && process != null; i++) {
            String text = read.apply(process);
            if (text != null && test.test(text)) {
                return true;
            }
            process = process.parent();
        }
        return false;
    }
}
