package io.kubeguardian.collector.event;

import static io.kubeguardian.collector.event.KernelLayouts.HEADER;
import static io.kubeguardian.collector.event.KernelLayouts.offset;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kubeguardian.collector.secret.SecretMask;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.EventBits;
import io.kubeguardian.schema.EventClass;
import io.kubeguardian.schema.Exec;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.util.List;

/** Records of processes: exec, fork, exit. */
final class ProcessRecords implements RecordDecoder {
    static final StructLayout EXEC = MemoryLayout.structLayout(
            HEADER.withName("header"),
            JAVA_LONG.withName("parent_start_time"),
            JAVA_LONG.withName("cap_effective"),
            JAVA_LONG.withName("cap_permitted"),
            JAVA_LONG.withName("cap_inheritable"),
            JAVA_LONG.withName("exe_inode"),
            JAVA_LONG.withName("exe_change_time"),
            JAVA_LONG.withName("exe_modify_time"),
            JAVA_INT.withName("parent_pid"),
            JAVA_INT.withName("flags"),
            JAVA_INT.withName("effective_uid"),
            JAVA_INT.withName("effective_gid"),
            JAVA_INT.withName("login_uid"),
            JAVA_INT.withName("session"),
            JAVA_INT.withName("process_group"),
            JAVA_INT.withName("tty"),
            JAVA_INT.withName("exe_length"),
            JAVA_INT.withName("cwd_length"),
            JAVA_INT.withName("args_length"),
            JAVA_INT.withName("environment_length")).withName("kg_exec");

    static final StructLayout FORK = MemoryLayout.structLayout(
            HEADER.withName("header"),
            JAVA_LONG.withName("child_start_time"),
            JAVA_INT.withName("child_pid"),
            JAVA_INT.withName("child_container_pid")).withName("kg_fork");

    static final StructLayout EXIT = MemoryLayout.structLayout(
            HEADER.withName("header"),
            JAVA_INT.withName("status"),
            JAVA_INT.withName("reserved")).withName("kg_exit");

    static final List<StructLayout> LAYOUTS = List.of(EXEC, FORK, EXIT);

    private static final long EXEC_PARENT_START = offset(EXEC, "parent_start_time");
    private static final long EXEC_PARENT_PID = offset(EXEC, "parent_pid");
    private static final long EXEC_FLAGS = offset(EXEC, "flags");
    private static final long EXEC_EFFECTIVE_UID = offset(EXEC, "effective_uid");
    private static final long EXEC_EFFECTIVE_GID = offset(EXEC, "effective_gid");
    private static final long EXEC_LOGIN_UID = offset(EXEC, "login_uid");
    private static final long EXEC_SESSION = offset(EXEC, "session");
    private static final long EXEC_PROCESS_GROUP = offset(EXEC, "process_group");
    private static final long EXEC_TTY = offset(EXEC, "tty");
    private static final long EXEC_CAP_EFFECTIVE = offset(EXEC, "cap_effective");
    private static final long EXEC_CAP_PERMITTED = offset(EXEC, "cap_permitted");
    private static final long EXEC_CAP_INHERITABLE = offset(EXEC, "cap_inheritable");
    private static final long EXEC_EXE_INODE = offset(EXEC, "exe_inode");
    private static final long EXEC_EXE_CHANGE_TIME = offset(EXEC, "exe_change_time");
    private static final long EXEC_EXE_MODIFY_TIME = offset(EXEC, "exe_modify_time");
    private static final long EXEC_EXE_LENGTH = offset(EXEC, "exe_length");
    private static final long EXEC_CWD_LENGTH = offset(EXEC, "cwd_length");
    private static final long EXEC_ARGS_LENGTH = offset(EXEC, "args_length");
    private static final long EXEC_ENVIRONMENT_LENGTH = offset(EXEC, "environment_length");
    private static final int EXEC_BYTES = (int) EXEC.byteSize();
    private static final long FORK_CHILD_START = offset(FORK, "child_start_time");
    private static final long FORK_CHILD_PID = offset(FORK, "child_pid");
    private static final long FORK_CHILD_CONTAINER_PID = offset(FORK, "child_container_pid");
    private static final int FORK_BYTES = (int) FORK.byteSize();
    private static final long EXIT_STATUS = offset(EXIT, "status");
    private static final int EXIT_BYTES = (int) EXIT.byteSize();

    private final RecordContext to;
    private final boolean maskSecrets;

    /** @param maskSecrets whether what looks like a secret is masked, see {@link SecretMask} */
    ProcessRecords(RecordContext to, boolean maskSecrets) {
        this.to = to;
        this.maskSecrets = maskSecrets;
    }

    @Override
    public boolean decode(int type, MemorySegment ring, long at, int length) {
        return switch (type) {
            case KernelLayouts.TYPE_EXEC -> length >= EXEC_BYTES && exec(ring, at, length);
            case KernelLayouts.TYPE_FORK -> length >= FORK_BYTES && fork(ring, at);
            case KernelLayouts.TYPE_EXIT -> length >= EXIT_BYTES && exit(ring, at);
            default -> false;
        };
    }

    private boolean exec(MemorySegment ring, long at, int length) {
        int exeLength = ring.get(JAVA_INT, at + EXEC_EXE_LENGTH);
        int cwdLength = ring.get(JAVA_INT, at + EXEC_CWD_LENGTH);
        int argsLength = ring.get(JAVA_INT, at + EXEC_ARGS_LENGTH);
        int environmentLength = ring.get(JAVA_INT, at + EXEC_ENVIRONMENT_LENGTH);
        if (!RecordContext.fits(length - EXEC_BYTES, exeLength, cwdLength, argsLength, environmentLength)) {
            return false;
        }
        long cwd = at + EXEC_BYTES + exeLength;
        List<String> args = KernelText.strings(ring, cwd + cwdLength, argsLength);
        List<String> environment = KernelText.strings(ring, cwd + cwdLength + argsLength, environmentLength);
        int flags = ring.get(JAVA_INT, at + EXEC_FLAGS);
        if (maskSecrets && (SecretMask.arguments(args) | SecretMask.variables(environment))) {
            flags |= EventBits.EXEC_ARGS_MASKED;
        }
        EventBatchBuilder batch = to.begin(ring, at);
        batch.add(Exec.newBuilder().setTime(to.time(ring, at)).setProcess(to.process(ring, at))
                .setParentPid(ring.get(JAVA_INT, at + EXEC_PARENT_PID))
                .setParentStartTime(ring.get(JAVA_LONG, at + EXEC_PARENT_START))
                .setExe(batch.string(KernelText.walkedPath(ring, at + EXEC_BYTES, exeLength)))
                .setArgs(batch.strings(args))
                .setCwd(batch.string(KernelText.walkedPath(ring, cwd, cwdLength)))
                .setFlags(flags)
                .setEffectiveUid(ring.get(JAVA_INT, at + EXEC_EFFECTIVE_UID))
                .setEffectiveGid(ring.get(JAVA_INT, at + EXEC_EFFECTIVE_GID))
                .setLoginUid(ring.get(JAVA_INT, at + EXEC_LOGIN_UID))
                .setSession(ring.get(JAVA_INT, at + EXEC_SESSION))
                .setProcessGroup(ring.get(JAVA_INT, at + EXEC_PROCESS_GROUP))
                .setTty(ring.get(JAVA_INT, at + EXEC_TTY))
                .setCapEffective(ring.get(JAVA_LONG, at + EXEC_CAP_EFFECTIVE))
                .setCapPermitted(ring.get(JAVA_LONG, at + EXEC_CAP_PERMITTED))
                .setCapInheritable(ring.get(JAVA_LONG, at + EXEC_CAP_INHERITABLE))
                .setExeInode(ring.get(JAVA_LONG, at + EXEC_EXE_INODE))
                .setExeChangeTime(ring.get(JAVA_LONG, at + EXEC_EXE_CHANGE_TIME))
                .setExeModifyTime(ring.get(JAVA_LONG, at + EXEC_EXE_MODIFY_TIME))
                .setEnvironment(batch.strings(environment)).build());
        to.added(EventClass.PRECIOUS, length);
        return true;
    }

    private boolean fork(MemorySegment ring, long at) {
        EventBatchBuilder batch = to.begin(ring, at);
        batch.addFork(to.time(ring, at), to.process(ring, at),
                ring.get(JAVA_INT, at + FORK_CHILD_PID), ring.get(JAVA_INT, at + FORK_CHILD_CONTAINER_PID),
                ring.get(JAVA_LONG, at + FORK_CHILD_START));
        to.added(EventClass.PRECIOUS, FORK_BYTES);
        return true;
    }

    private boolean exit(MemorySegment ring, long at) {
        EventBatchBuilder batch = to.begin(ring, at);
        batch.addExit(to.time(ring, at), to.process(ring, at), ring.get(JAVA_INT, at + EXIT_STATUS));
        to.added(EventClass.PRECIOUS, EXIT_BYTES);
        return true;
    }
}
