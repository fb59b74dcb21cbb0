package io.kubeguardian.ingest.tetragon;

import io.kubeguardian.ingest.MalformedLineException;
import io.kubeguardian.ingest.json.Bounds;
import io.kubeguardian.ingest.json.Fields;
import io.kubeguardian.schema.EventBits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A process as Tetragon describes it in every event: the program that it ran last, and what was known at its exec.
 * Format: message Process of Tetragon's API.
 *
 * @param parentExecId null when not told
 * @param args with argv[0], for which Tetragon has only the program's path
 * @param flags Tetragon's own words: execve, procFS, clone, truncArgs, …
 * @param startTime wall clock, nanoseconds since the Unix epoch; 0 when not told
 * @param container id as far as it is told: 64 digits with the pod, the first 31 without
 * @param pod null outside a pod
 */
record TetragonProcess(
        ExecId execId, ExecId parentExecId, int uid, int effectiveUid, int gid, int loginUid, String cwd, String binary, List<String> args,
        boolean argsTruncated, Set<String> flags, long startTime, String container, TetragonPod pod) {
    private static final int LONGEST_PATH = 4096;
    private static final int MOST_ARGUMENTS_CHARS = 4096;
    private static final int LONGEST_COMM = 15;
    private static final long UINT32 = 0xffff_ffffL;

    /**
     * @param fields null: no process
     * @return null when there is none, or one that Tetragon knows nothing of but its pid
     */
    static TetragonProcess of(Fields fields) throws MalformedLineException {
        if (fields == null) {
            return null;
        }
        ExecId execId = ExecId.parse(fields.at("exec_id"), fields.text("exec_id"));
        ExecId parent = ExecId.parse(fields.at("parent_exec_id"), fields.text("parent_exec_id"));
        long pid = fields.number("pid", execId == null ? 0 : execId.pid(), 0, Integer.MAX_VALUE);
        if (execId != null && pid != execId.pid()) {
            throw new MalformedLineException(fields.at("pid") + " is " + pid + ", in exec_id it is " + execId.pid());
        }
        int effective = id(fields, "uid");
        int real = effective;
        int gid = -1;
        Fields credentials = fields.object("process_credentials");
        if (credentials != null && credentials.has("uid") && credentials.has("gid")) {
            real = id(credentials, "uid");
            gid = id(credentials, "gid");
        }
        String binary = fields.text("binary");
        List<String> args = new ArrayList<>(List.of(Bounds.cut(binary, LONGEST_PATH)));
        boolean cut = bounded(Arguments.split(fields.text("arguments")), args);
        TetragonPod pod = TetragonPod.of(fields.object("pod"));
        String docker = fields.text("docker");
        Set<String> flags = Set.copyOf(Arrays.asList(fields.text("flags").split(" ")));
        long start = fields.time("start_time");
        int login = id(fields, "auid");
        String cwd = fields.text("cwd");
        fields.drop("refcnt", "tid"); // Tetragon's own book-keeping, and the thread: events here are of processes
        return execId == null ? null : new TetragonProcess(execId, parent, real, effective, gid, login, cwd, binary, args, cut,
                flags, start, pod == null || pod.containerId().isEmpty() ? Bounds.cut(docker, 64) : pod.containerId(),
                pod);
    }

    /** Of 32 bits without a sign; -1 as everywhere in the kernel: none. */
    private static int id(Fields fields, String name) throws MalformedLineException {
        return (int) fields.number(name, -1, -1, UINT32);
    }

    private static boolean bounded(List<String> all, List<String> kept) {
        int left = MOST_ARGUMENTS_CHARS;
        for (String argument : all) {
            if (left <= 0) {
                return true;
            }
            if (argument.length() > left) {
                kept.add(Bounds.cut(argument, left));
                return true;
            }
            kept.add(argument);
            left -= argument.length() + 1;
        }
        return false;
    }

    int pid() {
        return execId.pid();
    }

    int containerPid() {
        return pod == null ? 0 : pod.containerPid();
    }

    String exe() {
        return cutPath(binary);
    }

    String workingDirectory() {
        return cutPath(cwd);
    }

    private static String cutPath(String path) {
        return path.length() <= LONGEST_PATH ? path : path.substring(0, LONGEST_PATH);
    }

    /** What the kernel calls it: the last part of the program's path, in at most 15 bytes. */
    String comm() {
        byte[] name = binary.substring(binary.lastIndexOf('/') + 1).getBytes(StandardCharsets.UTF_8);
        int length = Math.min(name.length, LONGEST_COMM);
        while (length < name.length && length > 0 && (name[length] & 0xc0) == 0x80) {
            length--; // never half of a character
        }
        return new String(name, 0, length, StandardCharsets.UTF_8);
    }

    /** Forked, and not yet running a program of its own. */
    boolean isForkOnly() {
        return flags.contains("clone") && !flags.contains("execve") && !flags.contains("procFS");
    }

    /** Bits of {@link EventBits} that Tetragon's flags tell; see exec.go in its pkg/reader/exec. */
    int execFlags() {
        int bits = 0;
        if (argsTruncated || flags.contains("truncArgs") || flags.contains("errorArgs")) {
            bits |= EventBits.EXEC_ARGS_TRUNCATED;
        }
        if (binary.length() > LONGEST_PATH || cwd.length() > LONGEST_PATH || flags.contains("truncFilename")
                || flags.contains("errorFilename") || flags.contains("errorCWD")
                || flags.contains("errorPathResolutionCwd")) {
            bits |= EventBits.EXEC_PATH_TRUNCATED;
        }
        if (flags.contains("procFS")) {
            bits |= EventBits.EXEC_FOUND_RUNNING;
        }
        return bits;
    }
}
