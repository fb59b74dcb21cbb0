package io.kubeguardian.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchEventsTest {
    private static final class Recorder implements BatchEvents.Visitor {
        private final List<String> seen = new ArrayList<>();

        @Override
        public void exec(Exec event) {
            seen.add("exec " + event.getTime());
        }

        @Override
        public void fork(Fork event) {
            seen.add("fork " + event.getTime());
        }

        @Override
        public void exit(Exit event) {
            seen.add("exit " + event.getTime());
        }

        @Override
        public void open(Open event) {
            seen.add("open " + event.getTime());
        }

        @Override
        public void connect(Connect event) {
            seen.add("connect " + event.getTime());
        }
    }

    @Test
    void eventsOfAllKindsComeInTheOrderOfTime() {
        Recorder recorder = new Recorder();

        BatchEvents.inOrder(Examples.eventBatch(), recorder);

        assertThat(recorder.seen).containsExactly("fork 0", "exec 500", "open 700", "connect 800", "exit 900");
    }

    @Test
    void atTheSameTimeAForkComesFirstAndAnExitLast() {
        EventBatchBuilder builder = new EventBatchBuilder();
        int process = builder.process(1, 1, 1L, "", "a", 0, 0);
        builder.addExit(5L, process, 0).addOpen(5L, process, "/a", 0, 0, 3, 0).addFork(5L, process, 2, 2, 2L);
        Recorder recorder = new Recorder();

        BatchEvents.inOrder(builder.build(), recorder);

        assertThat(recorder.seen).containsExactly("fork 0", "open 0", "exit 0");
    }

    @Test
    void aSoundBatchIsValid() throws Exception {
        BatchEvents.validate(Examples.eventBatch());
    }

    @Test
    void anIndexOutsideItsTableIsNamed() {
        EventBatch batch = Examples.eventBatch();
        batch.getOpens().get(0).setPath(99);

        assertThatThrownBy(() -> BatchEvents.validate(batch))
                .isInstanceOf(MalformedRecordException.class).hasMessageContaining("open.path is 99");
    }

    @Test
    void equalStringsAndProcessesStandOnce() {
        EventBatchBuilder builder = new EventBatchBuilder();
        for (int i = 0; i < 10; i++) {
            int process = builder.process(1, 1, 1L, "c1", "a", 0, 0);
            builder.addOpen(i, process, "/same", 0, 0, 3, 0);
        }

        EventBatch batch = builder.build();

        assertThat(batch.getStrings()).containsExactly("", "c1", "a", "/same");
        assertThat(batch.getProcesses()).hasSize(1);
    }

    @Test
    void everyKindIsCountedVisitedAndChecked() {
        EventBatchBuilder builder = new EventBatchBuilder();
        int process = builder.process(1, 1, 1L, "", "a", 0, 0);
        int call = builder.string("call");
        builder.addExec(5L, process, 0, 0L, "/a", List.of(), "/", 0).addFork(5L, process, 2, 2, 2L)
                .addExit(5L, process, 0).addOpen(5L, process, "/a", 0, 0, 3, 0)
                .addConnect(5L, process, 2, "10.0.0.1", 80, 0, 0)
                .add(FileChange.newBuilder().setTime(5L).setProcess(process).setCall(call).setPath(call).setResult(0).build())
                .add(SocketCall.newBuilder().setTime(5L).setProcess(process).setCall(call).setFd(3).setFamily(2)
                        .setResult(0).build())
                .add(Dns.newBuilder().setTime(5L).setProcess(process).setResponse(false).setName(call).build())
                .add(Dup.newBuilder().setTime(5L).setProcess(process).setCall(call).setFd(3).setResult(1).build())
                .add(Call.newBuilder().setTime(5L).setProcess(process).setCall(call).setResult(0L).build())
                .add(new SyscallCounts(5L, 0, 1L, List.of(call), List.of(7L)))
                .add(new ContainerChange(5L, 0, true))
                .add(new Foreign(5L, process, call, List.of(call), List.of(call)));
        EventBatch batch = builder.build();
        List<String> visited = new ArrayList<>();
        BatchEvents.Visitor visitor = (BatchEvents.Visitor) java.lang.reflect.Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {BatchEvents.Visitor.class}, (proxy, method, arguments) -> {
                    visited.add(method.getName());
                    return null;
                });

        BatchEvents.inOrder(batch, visitor);

        assertThat(BatchEvents.count(batch)).isEqualTo(EventKind.ALL.size());
        assertThat(visited).containsExactlyElementsOf(EventKind.ALL.stream().map(EventKind::name).toList());
        for (EventKind<?> kind : EventKind.ALL) {
            assertBadIndexIsNamed(kind, batch);
        }
    }

    /** Empties the string table for the kind's own events alone: each has at least one string, or a process. */
    private static <T> void assertBadIndexIsNamed(EventKind<T> kind, EventBatch whole) {
        EventBatch batch = EventBatch.newBuilder(whole).build();
        for (EventKind<?> other : EventKind.ALL) {
            if (other != kind) {
                clear(other, batch);
            }
        }
        batch.setStrings(List.of(""));
        batch.setProcesses(List.of());
        batch.getContainerChanges().forEach(change -> change.setContainer(9));
        batch.getSyscallCounts().forEach(counts -> counts.setContainer(9));

        assertThatThrownBy(() -> BatchEvents.validate(batch)).isInstanceOf(MalformedRecordException.class)
                .hasMessageStartingWith(kind.name() + '.');
    }

    private static <T> void clear(EventKind<T> kind, EventBatch batch) {
        kind.setList().accept(batch, List.of());
    }

    @Test
    void countsWithoutTheirCallsAreMalformed() {
        EventBatchBuilder builder = new EventBatchBuilder();
        builder.add(new SyscallCounts(5L, 0, 1L, List.of(builder.string("read")), List.of()));

        assertThatThrownBy(() -> BatchEvents.validate(builder.build()))
                .hasMessage("syscallCounts has 1 calls and 0 counts");
    }

    @Test
    void namesWithoutTheirValuesAreMalformed() {
        EventBatchBuilder builder = new EventBatchBuilder();
        int process = builder.process(1, 1, 1L, "", "a", 0, 0);
        builder.add(new Foreign(5L, process, 0, List.of(0, 0), List.of(0)));

        assertThatThrownBy(() -> BatchEvents.validate(builder.build()))
                .hasMessage("foreign has 2 names and 1 values");
    }

    @Test
    void withoutItsBulkEventsABatchKeepsTheOthersAndOnlyTheirStrings() throws Exception {
        EventBatch batch = Examples.eventBatch();
        EventBatch whole = Examples.eventBatch();

        int removed = BatchEvents.removeBulk(batch, PreciousMask.NONE);

        assertThat(removed).isEqualTo(1);
        assertThat(batch.getOpens()).isEmpty();
        assertThat(batch.getExecs()).isEqualTo(whole.getExecs());
        assertThat(batch.getConnects()).isEqualTo(whole.getConnects());
        List<String> expected = new ArrayList<>(whole.getStrings());
        expected.set(whole.getOpens().get(0).getPath(), "");
        assertThat(batch.getStrings()).containsExactlyElementsOf(expected);
        BatchEvents.validate(batch);
    }

    @Test
    void aStringThatAnotherEventNeedsTooStays() {
        EventBatchBuilder builder = new EventBatchBuilder();
        int process = builder.process(1, 1, 1L, "", "a", 0, 0);
        builder.addOpen(1L, process, "/bin/sh", 0, 0, 3, 0).addExec(2L, process, 0, 0L, "/bin/sh", List.of(), "/", 0);
        EventBatch batch = builder.build();

        BatchEvents.removeBulk(batch, PreciousMask.NONE);

        assertThat(batch.getStrings().get(batch.getExecs().get(0).getExe())).isEqualTo("/bin/sh");
    }

    @Test
    void aPreciousEventOfABulkKindStays() throws Exception {
        EventBatchBuilder builder = new EventBatchBuilder();
        int process = builder.process(1, 1, 1L, "", "a", 0, 0);
        int call = builder.string("chmod");
        for (int time : new int[] {5, 3, 4}) { // the array is sorted by time, the mask goes by its order
            builder.add(FileChange.newBuilder().setTime(time).setProcess(process).setCall(call)
                    .setPath(builder.string("/" + time)).setResult(0).build());
            if (time == 4) {
                builder.lastIsPrecious();
            }
        }
        builder.addExit(6L, process, 0);
        builder.lastIsPrecious();
        EventBatch batch = builder.build();

        int removed = BatchEvents.removeBulk(batch, builder.mask());

        assertThat(removed).isEqualTo(2);
        assertThat(batch.getFileChanges()).singleElement()
                .satisfies(change -> assertThat(batch.getStrings().get(change.getPath())).isEqualTo("/4"));
        assertThat(batch.getStrings()).contains("chmod").doesNotContain("/3", "/5");
        assertThat(batch.getExits()).hasSize(1);
        BatchEvents.validate(batch);
    }

    @Test
    void everyKindIsCountedByClass() {
        EventBatchBuilder builder = new EventBatchBuilder();
        int process = builder.process(1, 1, 1L, "", "a", 0, 0);
        builder.addExit(9L, process, 0).addOpen(1L, process, "/a", 0, 0, 3, 0)
                .add(Dup.newBuilder().setTime(2L).setProcess(process).setCall(0).setFd(3).setResult(1).build())
                .add(Dup.newBuilder().setTime(3L).setProcess(process).setCall(0).setFd(3).setResult(9).build());
        builder.lastIsPrecious();
        EventBatch batch = builder.build();
        List<String> counted = new ArrayList<>();

        BatchEvents.countKinds(batch, builder.mask(), (kind, precious, bulk) -> {
            if (precious + bulk > 0) {
                counted.add(kind + ' ' + precious + ' ' + bulk);
            }
        });

        assertThat(counted).containsExactly("open 0 1", "dup 1 1", "exit 1 0");
    }
}
