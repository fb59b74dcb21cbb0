package io.kubeguardian.cli.rules;

import io.kubeguardian.config.Nearest;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.EventBits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** The processes of one test: those that its events start, and those that must have been running before. */
final class Processes {
    /** @param startTime nanoseconds since boot; later processes have later ones */
    record Process(
            int pid, long startTime, Process parent, String name, String exe, List<String> args, String cwd, int user,
            int group, int flags) {
        int indexIn(EventBatchBuilder batch, String containerId) {
            return batch.process(pid, containerId.isEmpty() ? pid : pid - FIRST_PID + 1, startTime, containerId, name,
                    user, group);
        }

        /** @param running its start is not part of the test */
        void addTo(EventBatchBuilder batch, long time, String containerId, boolean running) {
            batch.addExec(time, indexIn(batch, containerId), parent == null ? 0 : parent.pid,
                    parent == null ? 0 : parent.startTime, exe, args, cwd,
                    running ? flags | EventBits.EXEC_FOUND_RUNNING : flags);
        }
    }

    private static final Set<String> KEYS = Set.of("run", "exe", "name", "parent", "user", "group", "cwd", "from");
    private static final Map<String, Integer> ORIGINS =
            Map.of("image", 0, "upper-layer", EventBits.EXEC_UPPER_LAYER, "memfd", EventBits.EXEC_MEMFD);
    private static final int FIRST_PID = 100;
    private static final int MAX_COMM = 15;
    private static final int MAX_ANCESTORS = 8;
    private static final int MAX_ID = Integer.MAX_VALUE;

    private final List<Process> known = new ArrayList<>();
    private final Consumer<Process> found;

    /** @param found told of each process that runs before the test's events, parents first */
    Processes(Consumer<Process> found) {
        this.found = found;
    }

    /** A process that starts now. */
    Process started(YamlValue value, YamlValue parent) {
        return define(value, parent, 0);
    }

    /**
     * A process that runs: the latest of that name, or the one with that command line, which becomes one that ran
     * before the test's events when no event has started it.
     */
    Process running(YamlValue value, YamlValue parent) {
        return running(value, parent, 0);
    }

    private Process running(YamlValue value, YamlValue parent, int depth) {
        if (depth > MAX_ANCESTORS) {
            throw value.error("more than " + MAX_ANCESTORS + " generations");
        }
        if (value.isText() && !value.text().startsWith("/")) {
            if (parent != null) {
                throw parent.error("process " + value.text() + " has its parent already");
            }
            return named(value);
        }
        if (value.isText() || value.isList()) {
            List<String> words = words(value);
            Process above = parent == null ? null : running(parent, null, depth + 1);
            for (Process process : known.reversed()) {
                if (process.args.equals(words) && (above == null || process.parent == above)) {
                    return process;
                }
            }
        }
        Process process = define(value, parent, depth);
        found.accept(process);
        return process;
    }

    private Process named(YamlValue value) {
        for (Process process : known.reversed()) {
            if (process.name.equals(value.text())) {
                return process;
            }
        }
        String hint = Nearest.hint(value.text(), known.stream().map(Process::name).toList());
        throw value.error("no process named " + value.text() + " before; expected a name or an absolute command line"
                + hint);
    }

    private Process define(YamlValue value, YamlValue eventParent, int depth) {
        Map<String, YamlValue> keys = value.isText() || value.isList() ? Map.of("run", value) : value.keys(KEYS);
        if (!keys.containsKey("run")) {
            throw value.error("the process has no command; expected run: COMMAND");
        }
        YamlValue parentValue = keys.getOrDefault("parent", eventParent);
        if (eventParent != null && parentValue != eventParent) {
            throw eventParent.error("the process names its parent already");
        }
        Process parent = parentValue == null ? null : running(parentValue, null, depth + 1);
        List<String> words = words(keys.get("run"));
        String exe = keys.containsKey("exe") ? keys.get("exe").text() : words.get(0);
        if (!exe.startsWith("/")) {
            throw keys.get("run").error("'" + exe + "' is no absolute path; expected one, or exe: PATH beside it");
        }
        String base = exe.substring(exe.lastIndexOf('/') + 1);
        String name = keys.containsKey("name") ? keys.get("name").text() : base;
        int user = keys.containsKey("user") ? keys.get("user").number(0, MAX_ID) : 0;
        int pid = FIRST_PID + known.size();
        Process process = new Process(pid, pid * 1_000_000L, parent,
                name.length() > MAX_COMM ? name.substring(0, MAX_COMM) : name, exe, words,
                keys.containsKey("cwd") ? keys.get("cwd").text() : "/", user,
                keys.containsKey("group") ? keys.get("group").number(0, MAX_ID) : user,
                keys.containsKey("from") ? origin(keys.get("from")) : 0);
        known.add(process);
        return process;
    }

    private static int origin(YamlValue value) {
        Integer flag = ORIGINS.get(value.text());
        if (flag == null) {
            throw value.error("'" + value.text() + "' is no origin of a program; expected image, upper-layer or memfd");
        }
        return flag;
    }

    /** A list as it is; a text split at blanks, with '…' and "…" around what has some. */
    private static List<String> words(YamlValue value) {
        List<String> words = value.isList()
                ? value.list().stream().map(YamlValue::anyText).toList()
                : split(value);
        if (words.isEmpty()) {
            throw value.error("the command is empty");
        }
        return words;
    }

    private static List<String> split(YamlValue value) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        char quote = 0;
        for (char c : value.text().toCharArray()) {
            if (quote != 0 && c == quote) {
                quote = 0;
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
                inWord = true;
            } else if (quote != 0 || !Character.isWhitespace(c)) {
                word.append(c);
                inWord = true;
            } else if (inWord) {
                words.add(word.toString());
                word.setLength(0);
                inWord = false;
            }
        }
        if (quote != 0) {
            throw value.error("a quote is not closed");
        }
        if (inWord) {
            words.add(word.toString());
        }
        return words;
    }
}
