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
}
