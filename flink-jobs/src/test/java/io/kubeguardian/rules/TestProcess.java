package io.kubeguardian.rules;

import java.util.List;

/** A process for tests; everything has a sensible value that a test changes where it matters. */
record TestProcess(int pid, int containerPid, String name, String exePath, List<String> args, String cwd, int uid, int gid,
        int execFlags, ProcessView parent) implements ProcessView {
    /** The name is the path's last part, the arguments are split at blanks; as user 1000 in /srv. */
    static TestProcess running(String exePath, String arguments, TestProcess parent) {
        String name = exePath.substring(exePath.lastIndexOf('/') + 1);
        List<String> args = new java.util.ArrayList<>(List.of(name));
        if (!arguments.isEmpty()) {
            args.addAll(List.of(arguments.split(" ")));
        }
        int containerPid = parent == null ? 1 : parent.containerPid + 6;
        return new TestProcess(1000 + containerPid, containerPid, name.length() > 15 ? name.substring(0, 15) : name,
                exePath, List.copyOf(args), "/srv", 1000, 1000, 0, parent);
    }

    TestProcess withFlags(int flags) {
        return new TestProcess(pid, containerPid, name, exePath, args, cwd, uid, gid, flags, parent);
    }

    TestProcess withUser(int user, int group) {
        return new TestProcess(pid, containerPid, name, exePath, args, cwd, user, group, execFlags, parent);
    }

    /** As when its exec was not seen. */
    static TestProcess unknown(String comm) {
        return new TestProcess(77, 0, comm, "", List.of(), "", 0, 0, 0, null);
    }

    @Override
    public long startTime() {
        return pid * 1_000L;
    }
}
