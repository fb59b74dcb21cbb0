package io.kubeguardian.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.DeadLetter;
import io.kubeguardian.schema.PodRef;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.Topics;
import io.kubeguardian.schema.WorkloadRef;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Signals of other sensors on their way into the job. */
class ForeignSignalsTest {
    private final Story story = new Story(SignalExamples.START);
    private DetectHarness operator;

    @BeforeEach
    void open() throws Exception {
        operator = DetectHarness.open(new DetectFunction(Story.settings(), new StoryDetectors(), () -> 7L, false));
    }

    @AfterEach
    void close() throws Exception {
        operator.close();
    }

    @Test
    void theyAreGivenThePodsOwnNameWorkloadAndContainer() throws Exception {
        describePod();
        take(falco("Terminal shell in container", 0));

        Signal signal = found().get(0);

        assertThat(signal.getId()).isEqualTo(falco("Terminal shell in container", 0).getId());
        assertThat(signal.getOrigin()).isEqualTo("falco");
        assertThat(signal.getWorkload()).isEqualTo(new WorkloadRef("prod", "shop", "Deployment", "orders"));
        assertThat(signal.getPod()).isEqualTo(new PodRef(Story.POD_UID, "shop", "orders-1", "node-1", true));
        assertThat(signal.getContainerId()).isEqualTo(Story.CONTAINER);
        assertThat(signal.getImage()).isEqualTo("shop/orders:1.2");
    }

    @Test
    void theyWaitForMetadataAsEventsDo() throws Exception {
        take(falco("Terminal shell in container", 0));
        assertThat(found()).isEmpty();

        describePod();

        assertThat(found()).extracting(s -> s.getWorkload().getName()).containsExactly("orders");
    }

    @Test
    void ofAPodThatNobodyDescribesTheirOwnWordStays() throws Exception {
        take(falco("Terminal shell in container", 0));

        operator.setProcessingTime(Story.settings().metadataWaitMillis());

        assertThat(found().get(0).getWorkload().getName()).isEqualTo("orders-1");
        assertThat(found().get(0).getPod().getResolved()).isFalse();
    }

    @Test
    void aFloodOfOneIsToldOnceWithItsNumber() throws Exception {
        describePod();
        for (int i = 0; i < 10; i++) {
            take(falco("Terminal shell in container", i));
        }
        take(falco("Another rule", 10));

        take(falco("Terminal shell in container", 6_000));

        assertThat(found()).extracting(Signal::getRule)
                .containsExactly("Terminal shell in container", "Another rule", "Terminal shell in container");
        assertThat(found().get(2).getOutputFields()).containsEntry("kubeguardian.repeats", "9");
    }

    @Test
    void whatTheJobKnowsToBeMissingIsMissingForThemToo() throws Exception {
        describePod();
        take(Signal.newBuilder(falco("Falco lost events", 0)).setCompleteness(new Completeness(false, 3L, 0L)).build());

        assertThat(found().get(0).getCompleteness()).isEqualTo(new Completeness(false, 3L, 0L));
    }

    @Test
    void theJobsOwnSignalsAreNotTakenBack() throws Exception {
        Signal own = Signal.newBuilder(falco("Own rule", 0)).setOrigin("").build();

        take(own);

        assertThat(found()).isEmpty();
        assertThat(letters()).extracting(DeadLetter::getReason)
                .containsExactly("a signal without an origin is the job's own");
    }

    @Test
    void whatIsNoSignalGoesAside() throws Exception {
        operator.processElement(new RawRecord(Topics.SIGNALS, 0, 1, SignalExamples.START, new byte[] {'k'},
                new byte[] {1, 2, 3}), SignalExamples.START);
        take(falco("Right signal", 0), "somebody else's key");

        assertThat(found()).isEmpty();
        assertThat(letters()).hasSize(2);
    }

    private void describePod() throws Exception {
        operator.processElement(new RawRecord(Topics.PODS, 0, 0, SignalExamples.START, Story.POD_UID.getBytes(),
                AvroCodec.of(io.kubeguardian.schema.PodMetadata.class).encode(story.pod())), SignalExamples.START);
    }

    private void take(Signal signal) throws Exception {
        take(signal, ForeignSignals.key(signal));
    }

    private void take(Signal signal, String key) throws Exception {
        long millis = signal.getEventTime() / 1_000_000;
        operator.processElement(new RawRecord(Topics.SIGNALS, 0, 0, millis, key.getBytes(),
                AvroCodec.of(Signal.class).encode(signal)), millis);
    }

    private List<Signal> found() {
        return operator.extractOutputValues();
    }

    private List<DeadLetter> letters() {
        var letters = operator.getSideOutput(DeadLetters.TAG);
        return letters == null ? List.of() : letters.stream().map(record -> record.getValue()).toList();
    }

    /** As the ingest makes it, of a pod that it knows by name alone, with Falco's short container id. */
    static Signal falco(String rule, long millis) {
        return Signal.newBuilder(SignalExamples.rule(rule, Priority.WARNING, millis))
                .setOrigin("falco")
                .setWorkload(new WorkloadRef("prod", "shop", "Pod", "orders-1"))
                .setPod(new PodRef(Story.POD_UID, "shop", "orders-1", "node-1", false))
                .setContainerId(Story.CONTAINER.substring(0, 12))
                .setImage("orders")
                .setAncestors(List.of())
                .build();
    }
}
