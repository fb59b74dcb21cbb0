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
    public boolean decode(int type, KernelRecord record) {
        return switch (type) {
            case KernelLayouts.TYPE_EXEC -> record.length() >= EXEC_BYTES && exec(record);
            case KernelLayouts.TYPE_FORK -> record.length() >= FORK_BYTES && fork(record);
            case KernelLayouts.TYPE_EXIT -> record.length() >= EXIT_BYTES && exit(record);
            default -> false;
        };
    }

    private boolean exec(KernelRecord record) {
        int exeLength = record.getInt(EXEC_EXE_LENGTH);
        int cwdLength = record.getInt(EXEC_CWD_LENGTH);
        int argsLength = record.getInt(EXEC_ARGS_LENGTH);
        int environmentLength = record.getInt(EXEC_ENVIRONMENT_LENGTH);
        if (!RecordContext.fits(record.length() - EXEC_BYTES, exeLength, cwdLength, argsLength, environmentLength)) {
            return false;
        }
        long cwd = EXEC_BYTES + exeLength;
        List<String> args = KernelText.strings(record, cwd + cwdLength, argsLength);
        List<String> environment = KernelText.strings(record, cwd + cwdLength + argsLength, environmentLength);
        int flags = record.getInt(EXEC_FLAGS);
        if (maskSecrets && (SecretMask.arguments(args) | SecretMask.variables(environment))) {
            flags |= EventBits.EXEC_ARGS_MASKED;
        }
        EventBatchBuilder batch = to.begin(record);
        Exec event = new Exec();
        event.setTime(to.time(record));
        event.setProcess(to.process(record));
        event.setParentPid(record.getInt(EXEC_PARENT_PID));
        event.setParentStartTime(record.getLong(EXEC_PARENT_START));
        event.setExe(batch.string(record.walkedPath(EXEC_BYTES, exeLength)));
        event.setArgs(batch.strings(args));
        event.setCwd(batch.string(record.walkedPath(cwd, cwdLength)));
        event.setFlags(flags);
        event.setEffectiveUid(record.getInt(EXEC_EFFECTIVE_UID));
        event.setEffectiveGid(record.getInt(EXEC_EFFECTIVE_GID));
        event.setLoginUid(record.getInt(EXEC_LOGIN_UID));
        event.setSession(record.getInt(EXEC_SESSION));
        event.setProcessGroup(record.getInt(EXEC_PROCESS_GROUP));
        event.setTty(record.getInt(EXEC_TTY));
        event.setCapEffective(record.getLong(EXEC_CAP_EFFECTIVE));
        event.setCapPermitted(record.getLong(EXEC_CAP_PERMITTED));
        event.setCapInheritable(record.getLong(EXEC_CAP_INHERITABLE));
        event.setExeInode(record.getLong(EXEC_EXE_INODE));
        event.setExeChangeTime(record.getLong(EXEC_EXE_CHANGE_TIME));
        event.setExeModifyTime(record.getLong(EXEC_EXE_MODIFY_TIME));
        event.setEnvironment(batch.strings(environment));
        batch.add(event);
        to.added(EventClass.PRECIOUS, record.length());
        return true;
    }

    private boolean fork(KernelRecord record) {
        EventBatchBuilder batch = to.begin(record);
        batch.addFork(to.time(record), to.process(record),
                record.getInt(FORK_CHILD_PID), record.getInt(FORK_CHILD_CONTAINER_PID),
                record.getLong(FORK_CHILD_START));
        to.added(EventClass.PRECIOUS, FORK_BYTES);
        return true;
    }

    private boolean exit(KernelRecord record) {
        EventBatchBuilder batch = to.begin(record);
        batch.addExit(to.time(record), to.process(record), record.getInt(EXIT_STATUS));
        to.added(EventClass.PRECIOUS, EXIT_BYTES);
        return true;
    }
}
