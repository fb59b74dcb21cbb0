package io.kubeguardian.collector;

import static io.kubeguardian.collector.TestCgroups.run;
import static io.kubeguardian.collector.TestCgroups.trigger;

import io.kubeguardian.schema.ContainmentAction;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether an action is in force for a cgroup, asked of the kernel itself. */
final class Contained {
    private Contained() {}

    static boolean by(ContainmentAction action, Path cgroup) throws Exception {
        return switch (action) {
            case KILL_EXEC -> run(cgroup, trigger("exit_with"), 0).status() == ContainedContainer.KILLED;
            case DENY_NETWORK -> {
                try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                    yield run(cgroup, trigger("connect_to"), "tcp4", "127.0.0.1", server.getLocalPort()).status()
                            == ContainedContainer.EPERM;
                }
            }
            case FREEZE -> Files.readString(cgroup.resolve("cgroup.freeze")).strip().equals("1");
            case DENY_EXEC -> run(cgroup, trigger("exit_with"), 0).output().contains("Operation not permitted");
            case DENY_OPEN -> run(cgroup, trigger("exit_with"), 0).status() != 0;
            case NONE -> throw new IllegalArgumentException("no action");
        };
    }
}
