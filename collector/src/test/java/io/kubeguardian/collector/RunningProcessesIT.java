package io.kubeguardian.collector;

import static io.kubeguardian.collector.TestCgroups.run;
import static io.kubeguardian.collector.TestCgroups.trigger;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.collector.SensorHarness.SeenExec;
import io.kubeguardian.collector.SensorHarness.SeenFork;
import io.kubeguardian.collector.sensor.SensorOptions;
import io.kubeguardian.config.SensorHooks;
import io.kubeguardian.schema.EventBits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Processes that are older than the sensors. */
@KernelTest
class RunningProcessesIT {
    private record Identity(int pid, long startTime) {}

    private final String pod = TestCgroups.randomPod();
    private final String container = TestCgroups.randomContainer();
    private TestCgroups cgroups;
    private SensorHarness seen;
    private Path cgroup;

    @BeforeEach
    void makeCgroup() throws Exception {
        cgroups = new TestCgroups();
        cgroup = cgroups.container(pod, container);
    }

    @AfterEach
    void detach() throws Exception {
        if (seen != null) {
            seen.close();
        }
        cgroups.close();
    }

    @Test
    void aProcessThatWasThereIsToldAsByItsExecAndIsTheOneThatEndsLater() throws Exception {
        try (RunningTrigger running = new RunningTrigger(cgroup, "/usr/bin/setsid", "/usr/bin/env", "-i", "HIDDEN=x", "LD_PRELOAD=/x.so",
                trigger("wait_for_end"), "--token", "abc", "y")) {
            attach();

            seen.tellRunning().read();

            assertThat(seen.execs).singleElement().satisfies(exec -> {
                assertThat(exec.flags()).isEqualTo(EventBits.EXEC_FOUND_RUNNING | EventBits.EXEC_ARGS_MASKED);
                assertThat(exec.exe()).isEqualTo(trigger("wait_for_end").toString());
                assertThat(exec.args()).containsExactly(trigger("wait_for_end").toString(), "--token", "***", "y");
                assertThat(exec.cwd()).isEqualTo("/");
                assertThat(exec.process().pid()).isEqualTo(running.pid());
                assertThat(exec.process().comm()).isEqualTo("wait_for_end");
                assertThat(exec.process().podUid()).isEqualTo(pod);
                assertThat(exec.process().containerId()).isEqualTo(container);
                assertThat(exec.raw().getParentPid()).isEqualTo((int) ProcessHandle.current().pid());
                assertThat(exec.raw().getEffectiveUid()).isZero();
                assertThat(exec.raw().getCapEffective()).isNotZero();
                assertThat(exec.raw().getExeInode()).isNotZero();
                assertThat(exec.raw().getSession()).isEqualTo(running.pid());
            });
            assertThat(seen.batches.getFirst().getStrings()).contains("LD_PRELOAD=/x.so").noneMatch(t -> t.contains("HIDDEN"));
            running.goOn("");
            seen.read();
            assertThat(seen.exits).singleElement().satisfies(
                    exit -> assertThat(exit.process()).isEqualTo(seen.execs.getFirst().process()));
        }
    }

    @NotInGuest("a sensor of its own; how parents are told is shown by the first test")
    @Test
    void fiveAncestorsAreKnownThroughProcessesOfWhichSomeAreOlder() throws Exception {
        try (RunningTrigger chain = new RunningTrigger(cgroup, trigger("chain"), 3, 3, trigger("exit_with"), 0)) {
            attach();
            seen.tellRunning();

            chain.goOn("\n");

            seen.read();
            Map<Identity, Identity> parents = new HashMap<>();
            for (SeenExec exec : seen.execs) {
                parents.put(new Identity(exec.process().pid(), exec.process().startTime()),
                        new Identity(exec.raw().getParentPid(), exec.raw().getParentStartTime()));
            }
            for (SeenFork fork : seen.forks) {
                parents.put(new Identity(fork.raw().getChildPid(), fork.raw().getChildStartTime()),
                        new Identity(fork.process().pid(), fork.process().startTime()));
            }
            SeenExec last = seen.execs.getLast();
            assertThat(last.exe()).isEqualTo(trigger("exit_with").toString());
            List<Integer> line = new ArrayList<>();
            for (Identity at = new Identity(last.process().pid(), last.process().startTime()); at != null;
                    at = parents.get(at)) {
                line.add(at.pid());
            }
            assertThat(line).hasSize(8).doesNotHaveDuplicates(); // itself, six above it, and the test, which is not monitored
            assertThat(line.get(6)).isEqualTo(chain.pid());
            assertThat(seen.execs).filteredOn(e -> (e.flags() & EventBits.EXEC_FOUND_RUNNING) != 0).hasSize(4);
        }
    }

    @NotInGuest("a sensor of its own; what is left out is decided in Java")
    @Test
    void whatTheRingTellsIsNotToldTwice() throws Exception {
        try (RunningTrigger before = new RunningTrigger(cgroup, trigger("wait_for_end"))) {
            attach();
            try (RunningTrigger after = new RunningTrigger(cgroup, trigger("wait_for_end"))) {
                run(cgroup, trigger("exit_with"), 0);

                seen.tellRunning().read();

                assertThat(seen.execs).extracting(e -> e.process().pid()).doesNotHaveDuplicates()
                        .contains(before.pid(), after.pid());
                assertThat(seen.execs).filteredOn(e -> (e.flags() & EventBits.EXEC_FOUND_RUNNING) != 0)
                        .singleElement().satisfies(e -> assertThat(e.process().pid()).isEqualTo(before.pid()));
            }
        }
    }

    @NotInGuest("a sensor of its own; the time is set in Java")
    @Test
    void itComesBeforeWhatItHasDoneSinceInTheOrderOfTime() throws Exception {
        try (RunningTrigger chain = new RunningTrigger(cgroup, trigger("chain"), 0, 1, trigger("wait_for_end"))) {
            attach();
            chain.write("\n");
            chain.awaitReady(); // its child, which is still there

            seen.tellRunning().read();

            SeenExec found = seen.execs.stream().filter(e -> e.process().pid() == chain.pid()).findFirst().orElseThrow();
            assertThat(found.flags()).isEqualTo(EventBits.EXEC_FOUND_RUNNING);
            assertThat(seen.forks).singleElement().satisfies(fork -> assertThat(fork.raw().getTime())
                    .isGreaterThan(found.raw().getTime()));
        }
    }

    @Test
    void aProcessWhoseFirstThreadHasEndedIsToldOnce() throws Exception {
        try (RunningTrigger running = new RunningTrigger(cgroup, trigger("lead_not"))) {
            attach();

            seen.tellRunning().read();

            assertThat(seen.execs).singleElement().satisfies(exec -> {
                assertThat(exec.exe()).isEqualTo(trigger("lead_not").toString());
                assertThat(exec.process().pid()).isEqualTo(running.pid());
            });
            assertThat(running.goOn("")).isEqualTo(3);
        }
    }

    @Test
    void manyProcessesAreAllTold() throws Exception {
        List<RunningTrigger> all = new ArrayList<>();
        try {
            for (int i = 0; i < 60; i++) { // each takes more than 1 KB, the kernel writes 32 at a time
                all.add(new RunningTrigger(cgroup, trigger("wait_for_end"), "x".repeat(i * 64)));
            }
            attach();

            seen.tellRunning().read();

            assertThat(seen.execs).extracting(e -> e.process().pid())
                    .containsExactlyInAnyOrderElementsOf(all.stream().map(RunningTrigger::pid).toList());
            assertThat(seen.execs).allSatisfy(e -> assertThat(e.args()).hasSize(2));
        } finally {
            for (RunningTrigger running : all) {
                running.close();
            }
        }
    }

    @NotInGuest("a sensor of its own; the walk is filtered as everything is")
    @Test
    void aProcessOutsideTheMonitoredCgroupIsNotTold() throws Exception {
        try (TestCgroups others = new TestCgroups(); RunningTrigger running = new RunningTrigger(
                others.container(pod, container), trigger("wait_for_end"))) {
            attach();

            seen.tellRunning().read();

            assertThat(running.process.isAlive()).isTrue();
            assertThat(seen.batches).isEmpty();
        }
    }

    private void attach() {
        seen = new SensorHarness(cgroups.tree(), new SensorOptions(1 << 20, 1 << 18, SensorHooks.AUTO, 0, List.of("LD_PRELOAD"), false));
    }
}
