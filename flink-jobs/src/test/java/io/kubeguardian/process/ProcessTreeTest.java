package io.kubeguardian.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.schema.EventBits;
import io.kubeguardian.schema.Exec;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProcessTreeTest {
    private static final long SECOND = 1_000_000_000L;

    private final MemoryNodes store = new MemoryNodes();
    private final ProcessTree tree = new ProcessTree(store, 16);
    private int size;

    @Test
    void aForkedChildRunsItsParentsProgramUntilItExecs() throws Exception {
        batch(() -> exec(acting(1, 10), 0, 0, "/srv/orders"));

        batch(() -> tree.fork(acting(1, 10), 2, 20, 20, SECOND));

        batch(() -> {
            TreeProcess child = tree.find(new ProcessId(2, 20));
            assertThat(child.exePath()).isEqualTo("/srv/orders");
            assertThat(child.parent().pid()).isEqualTo(1);
            exec(acting(2, 20), 1, 10, "/bin/sh");
            assertThat(child.exePath()).isEqualTo("/bin/sh");
            assertThat(child.parent().exePath()).isEqualTo("/srv/orders");
        });
    }

    @Test
    void aReusedPidIsAnotherProcess() throws Exception {
        batch(() -> exec(acting(7, 10), 1, 1, "/bin/old"));

        batch(() -> exec(acting(7, 99), 1, 1, "/bin/new"));

        batch(() -> {
            assertThat(tree.find(new ProcessId(7, 10)).exePath()).isEqualTo("/bin/old");
            assertThat(tree.find(new ProcessId(7, 99)).exePath()).isEqualTo("/bin/new");
        });
    }

    @Test
    void aParentThatBecomesKnownLaterIsFound() throws Exception {
        batch(() -> {
            exec(acting(2, 20), 1, 10, "/bin/sh");
            assertThat(tree.find(new ProcessId(2, 20)).parent()).isNull();
        });

        batch(() -> exec(acting(1, 10), 0, 0, "/srv/orders"));

        batch(() -> assertThat(tree.find(new ProcessId(2, 20)).parent().exePath()).isEqualTo("/srv/orders"));
    }

    @Test
    void aForkThatComesAfterItsChildsExecOnlyNamesTheParent() throws Exception {
        batch(() -> tree.exec(acting(2, 20), program(0, 0, "/bin/sh", List.of(), ""), 2 * SECOND));

        batch(() -> tree.fork(acting(1, 10), 2, 0, 20, SECOND));

        batch(() -> {
            assertThat(tree.find(new ProcessId(2, 20)).exePath()).isEqualTo("/bin/sh");
            assertThat(tree.find(new ProcessId(2, 20)).parent().pid()).isEqualTo(1);
        });
    }

    @Test
    void aProcessIsAsOldAsItsForkOrItsFirstExec() throws Exception {
        batch(() -> {
            tree.exec(acting(1, 10), program(0, 0, "/bin/init", List.of(), ""), SECOND);
            tree.exec(acting(1, 10), program(0, 0, "/srv/orders", List.of(), ""), 2 * SECOND);
        });
        batch(() -> tree.exec(acting(2, 20), program(1, 10, "/bin/sh", List.of(), ""), 4 * SECOND));

        batch(() -> tree.fork(acting(1, 10), 2, 20, 20, 3 * SECOND));

        batch(() -> {
            assertThat(tree.find(new ProcessId(1, 10)).startedAt()).isEqualTo(SECOND);
            assertThat(tree.find(new ProcessId(2, 20)).startedAt()).isEqualTo(3 * SECOND);
        });
    }

    @Test
    void howOldAProcessIsThatRanBeforeTheSensorNobodyKnows() throws Exception {
        Program found = program(0, 0, "/srv/orders", List.of(), "");
        found.raw().setFlags(EventBits.EXEC_FOUND_RUNNING);
        batch(() -> tree.exec(acting(1, 10), found, SECOND));

        batch(() -> tree.exec(acting(1, 10), program(0, 0, "/srv/orders2", List.of(), ""), 2 * SECOND));

        batch(() -> assertThat(tree.find(new ProcessId(1, 10)).startedAt()).isZero());
    }

    @Test
    void anOlderExecThatComesLateDoesNotReplaceTheNewer() throws Exception {
        batch(() -> tree.exec(acting(2, 20), program(1, 10, "/bin/new", List.of(), ""), 9 * SECOND));

        batch(() -> tree.exec(acting(2, 20), program(1, 10, "/bin/old", List.of(), ""), 8 * SECOND));

        batch(() -> assertThat(tree.find(new ProcessId(2, 20)).exePath()).isEqualTo("/bin/new"));
    }

    @Test
    void anExitedProcessStaysForItsGraceAndWhileADescendantRuns() throws Exception {
        batch(() -> {
            exec(acting(1, 10), 0, 0, "/a");
            exec(acting(2, 20), 1, 10, "/b");
            exec(acting(3, 30), 2, 20, "/c");
            exec(acting(4, 40), 1, 10, "/d");
            tree.exit(acting(1, 10), 5 * SECOND);
            tree.exit(acting(2, 20), 5 * SECOND);
            tree.exit(acting(4, 40), 9 * SECOND);
        });

        assertThat(sweep(8 * SECOND)).as("4 will go later").isTrue();
        assertThat(store.nodes).as("1 and 2 are ancestors of 3, which runs; 4 is within its grace").hasSize(4);

        batch(() -> tree.exit(acting(3, 30), 10 * SECOND));
        assertThat(sweep(20 * SECOND)).isFalse();
        assertThat(store.nodes).isEmpty();
        assertThat(size).isZero();
    }

    @Test
    void aboveTheLimitExitedGoFirstThenTheLongestSilentAndAreCounted() throws Exception {
        batch(() -> {
            for (int pid = 1; pid <= 16; pid++) {
                tree.acting(pid, 0, pid, "", "p", 0, 0, pid * 60 * SECOND);
            }
            tree.exit(tree.find(new ProcessId(16, 16)), 1000 * SECOND);
        });

        int evicted = batch(() -> {
            tree.acting(17, 0, 17, "", "p", 0, 0, 2000 * SECOND);
            tree.acting(18, 0, 18, "", "p", 0, 0, 2000 * SECOND);
        });

        assertThat(store.nodes).doesNotContainKey(new ProcessId(16, 16)).doesNotContainKey(new ProcessId(1, 1))
                .containsKeys(new ProcessId(17, 17), new ProcessId(18, 18));
        assertThat(evicted).isEqualTo(3);
        assertThat(size).isEqualTo(store.nodes.size()).isEqualTo(14);
    }

    @Test
    void whateverTheChurnTheTreeStaysBoundedAndItsSizeIsRight() throws Exception {
        for (int round = 0; round < 200; round++) {
            int first = round * 10 + 1;
            batch(() -> {
                for (int pid = first; pid < first + 10; pid++) {
                    tree.fork(acting(1, 1), pid + 1, 0, pid + 1, SECOND);
                    exec(acting(pid + 1, pid + 1), 1, 1, "/x");
                    if (pid % 3 > 0) {
                        tree.exit(acting(pid + 1, pid + 1), 2 * SECOND);
                    }
                }
            });
            assertThat(store.nodes.size()).isLessThanOrEqualTo(16).isEqualTo(size);
        }
    }

    @Test
    void claimsOfBeingOnesOwnAncestorMakeNoCircle() throws Exception {
        batch(() -> {
            exec(acting(1, 10), 1, 10, "/self");
            exec(acting(2, 20), 3, 20, "/a");
            exec(acting(3, 20), 2, 20, "/b");
            exec(acting(4, 5), 1, 10, "/younger than its parent");
        });

        List<Integer> steps = new ArrayList<>();
        batch(() -> {
            for (int pid : new int[] {1, 2, 3, 4}) {
                int depth = 0;
                for (TreeProcess p = tree.find(new ProcessId(pid, pid == 1 ? 10 : pid == 4 ? 5 : 20)); p != null;
                        p = p.parent()) {
                    assertThat(depth++).isLessThan(4);
                }
                steps.add(depth);
            }
        });
        assertThat(steps).containsExactly(1, 1, 2, 1);
    }

    @Test
    void aProcessIsReadOncePerBatchAndItsArgumentsAreBounded() throws Exception {
        batch(() -> exec(acting(1, 10), 0, 0, "/a"));
        store.reads = 0;

        batch(() -> {
            for (int i = 0; i < 50; i++) {
                acting(1, 10);
            }
            tree.exec(acting(1, 10), program(0, 0, "/a", List.of("x".repeat(5000), "y".repeat(5000), "z"), ""), SECOND);
        });

        assertThat(store.reads).isEqualTo(1);
        assertThat(String.join("", store.nodes.get(new ProcessId(1, 10)).args)).hasSize(8192);
    }

    @Test
    void whatComesAndGoesBetweenTwoCheckpointsNeverReachesTheStore() throws Exception {
        HeldProcesses held = HeldProcesses.ofNewPod();

        tree.begin(held);
        exec(acting(1, 10), 0, 0, "/srv/orders");
        exec(acting(2, 20), 1, 10, "/bin/sh");
        tree.exit(acting(2, 20), 2 * SECOND);
        tree.commit();
        tree.begin(held);
        tree.sweep(3 * SECOND);
        tree.flush(held);

        assertThat(store.reads).isZero();
        assertThat(store.writes).isEqualTo(1);
        assertThat(store.nodes).containsOnlyKeys(new ProcessId(1, 10));
    }

    @Test
    void aTreeInHandAndOneThatIsReadAgainEachTimeAreTheSame() throws Exception {
        Random random = new Random(7);
        HeldProcesses held = HeldProcesses.ofNewPod();
        MemoryNodes otherStore = new MemoryNodes();
        ProcessTree other = new ProcessTree(otherStore, 16);
        int otherSize = 0;
        for (int i = 0; i < 2_000; i++) {
            int pid = 1 + random.nextInt(24);
            int parent = 1 + random.nextInt(24);
            int what = random.nextInt(4);
            long time = i * SECOND;
            HeldProcesses again = HeldProcesses.ofStored(otherSize);
            tree.begin(held);
            other.begin(again);
            for (ProcessTree one : List.of(tree, other)) {
                TreeProcess process = one.acting(pid, 0, pid, "", "p" + what, 0, 0, time);
                switch (what) {
                    case 0 -> one.fork(process, parent, 0, parent, time);
                    case 1 -> one.exec(process, program(parent, parent, "/bin/" + i, List.of("a"), ""), time);
                    case 2 -> one.exit(process, time);
                    default -> one.sweep((i - 20) * SECOND);
                }
            }
            assertThat(tree.commit()).isEqualTo(other.commit());
            other.flush(again);
            otherSize = again.all();
            if (random.nextInt(10) == 0) {
                tree.flush(held);
            }
            if (random.nextInt(50) == 0) {
                tree.flush(held);
                held = HeldProcesses.ofStored(held.all());
            }
            assertThat(held.all()).isEqualTo(otherSize);
        }
        tree.flush(held);
        assertThat(store.nodes).usingRecursiveComparison().isEqualTo(otherStore.nodes);
    }

    @Test
    void likeProcessesOfLikeParentsHaveOneLineageUntilTheyChange() throws Exception {
        batch(() -> {
            exec(acting(1, 10), 0, 0, "/srv/orders");
            exec(acting(2, 20), 1, 10, "/bin/sh");
            exec(acting(3, 30), 1, 10, "/bin/sh");
            Lineage lineage = acting(2, 20).lineage();
            assertThat(acting(3, 30).lineage()).isSameAs(lineage);

            exec(acting(1, 10), 0, 0, "/srv/another");
            assertThat(acting(3, 30).lineage()).as("the parent became another").isNotSameAs(lineage)
                    .isSameAs(acting(2, 20).lineage());
            exec(acting(3, 30), 1, 10, "/bin/bash");
            assertThat(acting(3, 30).lineage()).isNotSameAs(acting(2, 20).lineage());
        });
    }

    @Test
    void aParentThatBecomesKnownLaterChangesTheLineage() throws Exception {
        batch(() -> {
            exec(acting(2, 20), 1, 10, "/bin/sh");
            Lineage orphan = acting(2, 20).lineage();

            exec(acting(1, 10), 0, 0, "/srv/orders");

            assertThat(acting(2, 20).lineage()).isNotSameAs(orphan);
        });
    }

    private interface Step {
        void run() throws Exception;
    }

    /** Each batch finds the pod put away. */
    private int batch(Step step) throws Exception {
        return batch(HeldProcesses.ofStored(size), step);
    }

    private int batch(HeldProcesses held, Step step) throws Exception {
        tree.begin(held);
        step.run();
        int evicted = tree.commit();
        tree.flush(held);
        size = held.all();
        return evicted;
    }

    private boolean sweep(long before) throws Exception {
        HeldProcesses held = HeldProcesses.ofStored(size);
        tree.begin(held);
        boolean more = tree.sweep(before);
        tree.flush(held);
        size = held.all();
        return more;
    }

    private TreeProcess acting(int pid, long start) {
        return tree.acting(pid, 0, start, "", "p", 0, 0, SECOND);
    }

    private void exec(TreeProcess process, int parentPid, long parentStart, String exe) {
        tree.exec(process, program(parentPid, parentStart, exe, List.of(exe), "/"), SECOND);
    }

    private static Program program(int parentPid, long parentStart, String exe, List<String> args, String cwd) {
        Exec raw = Exec.newBuilder().setTime(0).setProcess(0).setParentPid(parentPid).setParentStartTime(parentStart)
                .setExe(0).setArgs(List.of()).build();
        return new Program(raw, exe, args, cwd, List.of());
    }
}
