package io.kubeguardian.baseline;

import static io.kubeguardian.baseline.BaselineHarness.IMAGE;
import static io.kubeguardian.baseline.BaselineHarness.START;
import static io.kubeguardian.baseline.BaselineHarness.observation;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.schema.ItemSource;
import io.kubeguardian.schema.ProfileAudit;
import io.kubeguardian.schema.ProfileEvent;
import io.kubeguardian.schema.ProfileItem;
import io.kubeguardian.schema.ProfilePhase;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BaselineFunctionTest {
    private static final String NEXT_IMAGE = "sha256:" + "b".repeat(64);

    private BaselineHarness operator;

    @BeforeEach
    void open() throws Exception {
        operator = BaselineHarness.start();
    }

    @AfterEach
    void close() throws Exception {
        operator.close();
    }

    @Test
    void whatIsNewToAReadyBaselineIsToldOnceWithItsReason() throws Exception {
        operator.observe("orders", "exec", "/srv/orders", 0);
        operator.observe("orders", "connect", "10.0.0.5:5432", 1);
        operator.observe("orders", "exec", "/srv/orders", 200);

        operator.observe("orders", "connect", "203.0.113.9:4444", 201);
        operator.observe("orders", "connect", "203.0.113.9:4444", 202);

        assertThat(operator.signals()).hasSize(1);
        Signal signal = operator.signals().get(0);
        assertThat(signal.getRule()).isEqualTo("drift.connect");
        assertThat(signal.getOutput()).contains("203.0.113.9:4444", "1 known connect items", "ready since 20",
                "first seen now");
        assertThat(signal.getOutputFields()).containsEntry("kubeguardian.baseline.items", "1")
                .containsEntry("kubeguardian.baseline.state", "ready");
    }

    @Test
    void aDriftIsToldForEachPodAndProgramItIsNewTo() throws Exception {
        operator.observe("orders", "exec", "/srv/orders", 0);

        // A second replica is attacked from the same place; a downloaded program calls back where it came from.
        drift("pod-1", "/usr/bin/curl", 200);
        drift("pod-2", "/usr/bin/curl", 201);
        drift("pod-1", "/tmp/x", 202);
        drift("pod-1", "/tmp/x", 203);

        assertThat(operator.signals()).extracting(s -> s.getPod().getUid() + ' ' + s.getProcess().getExe())
                .containsExactly("pod-1 /usr/bin/curl", "pod-2 /usr/bin/curl", "pod-1 /tmp/x");
    }

    @Test
    void aDriftIsToldAgainWhenTheContainmentItMayHaveLedToIsOver() throws Exception {
        operator.observe("orders", "exec", "/srv/orders", 0);
        drift("pod-1", "/tmp/x", 200);
        drift("pod-1", "/tmp/x", 1_000);
        assertThat(operator.signals()).hasSize(1);

        drift("pod-1", "/tmp/x", 1_101);

        assertThat(operator.signals()).hasSize(2);
        assertThat(operator.signals().get(1).getOutput()).contains("first seen 2026-");
    }

    @Test
    void whatAnUnknownProgramDoesIsToldAsTheProgramAndItsDestinationsAlone() throws Exception {
        operator.observe("orders", "exec", "/srv/orders", 0);

        operator.observe("orders", "uid", "/tmp/x", "exec", "/tmp/x", 200);
        operator.observe("orders", "uid", "/tmp/x", "parent", "/srv/orders > /tmp/x", 200);
        operator.observe("orders", "uid", "/tmp/x", "file", "read /etc/shadow", 201);
        operator.observe("orders", "uid", "/tmp/x", "connect", "203.0.113.9:443", 202);
        operator.observe("orders", "uid", "/srv/orders", "file", "read /etc/shadow", 203);

        assertThat(operator.signals()).extracting(Signal::getRule)
                .containsExactly("drift.exec", "drift.connect", "drift.file");
    }

    @Test
    void aDestinationKnownByItsAddressIsKnownByItsName() throws Exception {
        operator.observe("orders", "connect", "10.0.0.5:5432", 0);
        operator.observe("orders", "connect", "10.0.0.5:5432", 200);
        Observation named = observation("orders", "uid", IMAGE, "/srv/orders", "connect",
                "db.shop.svc.cluster.local:5432", 201);
        named.items.get(0).alternative = "10.0.0.5:5432";

        operator.send(named);

        assertThat(operator.signals()).isEmpty();
    }

    @Test
    void tooMuchDriftIsToldOnceAndJudgedAgainLater() throws Exception {
        operator.observe("orders", "exec", "/srv/orders", 0);
        for (int i = 0; i < 30; i++) {
            operator.observe("orders", "connect", "203.0.113.9:" + i, 200);
        }
        assertThat(operator.signals()).hasSize(17);
        assertThat(operator.signals().get(16).getRule()).isEqualTo("gap.baseline");
        assertThat(operator.signals().get(16).getOutput())
                .contains("more than 16 different connect items outside its baseline");

        operator.watermark(1_200);
        operator.observe("orders", "connect", "203.0.113.9:4444", 1_201);

        assertThat(operator.signals()).hasSize(18);
        assertThat(operator.signals().get(17).getRule()).isEqualTo("drift.connect");
    }

    @Test
    void eachWorkloadHasItsOwn() throws Exception {
        operator.observe("orders", "exec", "/srv/orders", 0);
        operator.observe("orders", "exec", "/srv/orders", 200);

        operator.observe("billing", "exec", "/srv/billing", 201);

        assertThat(operator.signals()).isEmpty();
    }

    @Test
    void itSurvivesARestartWhileItLearns() throws Exception {
        operator.observe("orders", "exec", "/srv/orders", 0);
        operator.put(observation("orders", "uid", IMAGE, "/srv/orders", "exec", "/srv/helper", 40)); // still waits
        OperatorSubtaskState snapshot = operator.snapshot(1, 1);
        operator.close();
        operator = BaselineHarness.start(new EmbeddedRocksDBStateBackend(), snapshot);

        operator.observe("orders", "exec", "/srv/orders", 200);
        operator.observe("orders", "exec", "/srv/helper", 201);
        operator.observe("orders", "exec", "/tmp/x", 202);

        assertThat(operator.signals()).extracting(Signal::getOutput).singleElement().asString().contains("/tmp/x");
    }

    @Test
    void aNewImageStartsFromTheOneBeforeAndJudgesOnlyWhenItIsReadyItself() throws Exception {
        operator.observe("orders", "exec", "/srv/orders", 0);
        operator.observe("orders", "exec", "/srv/orders", 200);

        operator.send(observation("orders", "uid-2", NEXT_IMAGE, "/srv/orders", "exec", "/srv/orders", 210));
        operator.send(observation("orders", "uid-2", NEXT_IMAGE, "/srv/orders", "exec", "/srv/worker", 211));
        operator.watermark(300);
        operator.send(observation("orders", "uid-2", NEXT_IMAGE, "/srv/orders", "exec", "/tmp/x", 300));

        assertThat(operator.audit()).extracting(ProfileAudit::getEvent).contains(ProfileEvent.INHERITED);
        assertThat(operator.profile().getInheritedFrom()).isEqualTo(IMAGE);
        assertThat(operator.profile().getItems()).extracting(item -> item.getItem() + ' ' + item.getSource())
                .containsExactly("/srv/orders INHERITED", "/srv/worker LEARNED");
        assertThat(operator.signals()).extracting(Signal::getOutput).singleElement().asString().contains("/tmp/x");
        // The old image does not know what only the new one does.
        operator.observe("orders", "exec", "/srv/worker", 301);
        assertThat(operator.signals()).hasSize(2);
    }

    @Test
    void anImageKnownByNameOnlyKeepsItsBaselineWhenItsDigestIsLearned() throws Exception {
        String name = "registry.example/shop/orders:1";
        operator.send(observation("orders", "uid", name, "/srv/orders", "exec", "/srv/orders", 0));
        operator.watermark(200);

        operator.observe("orders", "exec", "/tmp/x", 200);
        operator.send(observation("orders", "uid", name, "/srv/orders", "exec", "/tmp/y", 201));

        assertThat(operator.signals()).hasSize(2);
        // What was published by the name alone is taken back.
        assertThat(operator.profiles()).filteredOn(p -> p.getPhase() == ProfilePhase.OTHER).singleElement()
                .satisfies(p -> assertThat(p.getImage()).isEqualTo(name));
    }

    @Test
    void whatIsManyBecomesAPattern() throws Exception {
        for (int i = 0; i < 12; i++) {
            operator.observe("orders", "file", "read /srv/data/part" + (char) ('a' + i), i);
            operator.observe("orders", "connect", "10.0.7." + i + ":5432", i);
            operator.observe("orders", "dns", (char) ('a' + i) + ".shop.example.com", i);
        }
        operator.watermark(200);

        operator.observe("orders", "file", "read /srv/data/another", 201);
        operator.observe("orders", "connect", "10.0.7.99:5432", 201);
        operator.observe("orders", "dns", "x.shop.example.com", 201);
        operator.observe("orders", "file", "write /srv/data/another", 202);
        operator.observe("orders", "connect", "10.0.8.1:5432", 202);
        operator.watermark(300);

        assertThat(operator.profile().getItems()).extracting(ProfileItem::getItem)
                .containsExactly("10.0.7.0/24:5432", "read /srv/data/*", "*.shop.example.com");
        assertThat(operator.signals()).extracting(s -> s.getOutputFields().get("kubeguardian.item"))
                .containsExactly("write /srv/data/another", "10.0.8.1:5432");
        assertThat(operator.audit()).filteredOn(step -> step.getEvent() == ProfileEvent.COLLAPSED).hasSize(3);
    }

    @Test
    void whatFindsNoRoomIsKnownByTheSketchAndJudged() throws Exception {
        for (int i = 0; i < 200; i++) {
            operator.observe("orders", "exec", "/opt/tools/" + Integer.toString(i + 1000, 36), i % 50);
        }
        operator.watermark(200);

        operator.observe("orders", "exec", "/opt/tools/" + Integer.toString(1199, 36), 201);
        operator.observe("orders", "exec", "/tmp/x", 202);
        operator.watermark(300);

        assertThat(operator.signals()).extracting(s -> s.getOutputFields().get("kubeguardian.item"))
                .containsExactly("/tmp/x");
        assertThat(operator.profile().getItems()).hasSize(16);
        assertThat(operator.profile().getSketched()).containsEntry("exec", 184L);
    }

    @Test
    void aSaturatedKindSaysSoOnceAndIsNotJudged() throws Exception {
        for (int i = 0; i < 2_000; i++) {
            operator.put(observation("orders", "uid", IMAGE, "/srv/orders", "exec", "/opt/" + Integer.toString(i, 36),
                    i % 50));
        }
        operator.watermark(500);

        operator.observe("orders", "exec", "/tmp/x", 501);

        assertThat(operator.signals()).hasSize(1);
        assertThat(operator.signals().get(0).getRule()).isEqualTo("gap.baseline");
        assertThat(operator.signals().get(0).getKind()).isEqualTo(SignalKind.GAP);
        assertThat(operator.signals().get(0).getOutput()).contains("saturated");
    }

    @Test
    void systemCallsAreLearnedByTheIntervalAndJudged() throws Exception {
        operator.send(calls(0, "read", "write"));
        operator.watermark(200);

        operator.send(calls(200, "read", "ptrace"));
        operator.watermark(300);

        assertThat(operator.signals()).extracting(Signal::getRule).containsExactly("drift.syscall");
        assertThat(operator.signals().get(0).getOutput()).contains("made a system call that it never made", "ptrace");
        assertThat(operator.profile().getSyscalls()).extracting(call -> call.getName() + ' ' + call.getCount())
                .containsExactly("read 20", "write 10");
    }

    @Test
    void moreInAnHourThanTheBoundOfThatHourIsDriftAndABoundThatMovesIsOnRecord() throws Exception {
        operator.observe("orders", "exec", "/srv/orders", 0);
        for (int hour = 0; hour < 26; hour++) {
            active(hour * 3_600L + 60, 500);
        }
        assertThat(operator.signals()).isEmpty();

        active(26 * 3_600L + 60, 900);
        active(26 * 3_600L + 120, 200);
        active(26 * 3_600L + 180, 300);

        Signal signal = operator.signals().get(0);
        assertThat(operator.signals()).hasSize(1); // once an hour
        assertThat(signal.getRule()).isEqualTo("drift.rate");
        assertThat(signal.getOutput()).contains("1,100 execs in the hour that begins", "its bound of 1,000 (usual: 500;");
        assertThat(signal.getOutput()).contains("; baseline ready since 20");
        assertThat(signal.getOutputFields()).containsEntry("kubeguardian.baseline.state", "ready")
                .containsKey("kubeguardian.baseline.ready_since").containsKey("kubeguardian.drift.since");
        assertThat(signal.getScore()).isGreaterThan(0);
        assertThat(signal.getContributions()).extracting(c -> c.getName() + ' ' + c.getValue()).containsExactly("rate.execs 1100");
        assertThat(operator.audit()).filteredOn(step -> step.getEvent() == ProfileEvent.BOUND_MOVED)
                .extracting(ProfileAudit::getDetail).contains("execs, any hour: from 0 to 1000 an hour");
        operator.observe("orders", "exec", "/srv/other", 26 * 3_600L + 200);
        operator.watermark(26 * 3_600L + 600);
        assertThat(operator.profile().getRates()).anySatisfy(rate -> {
            assertThat(rate.getActivity()).isEqualTo("execs");
            assertThat(rate.getBound()).isEqualTo(1_000);
        });
    }

    private void active(long second, long execs) throws Exception {
        Observation observation = observation("orders", "uid", second);
        observation.activity = new long[Activity.COUNT];
        observation.activity[Activity.EXECS.ordinal()] = execs;
        operator.send(observation);
    }

    @Test
    void aShuffleWithinTheBoundOfDisorderLeadsToTheSame() throws Exception {
        List<Observation> story = new ArrayList<>();
        for (int i = 0; i < 55; i++) {
            String program = i == 50 ? "/srv/fifty" : "/srv/" + i % 7;
            story.add(observation("orders", "pod-" + i % 3, IMAGE, "/srv/orders", "exec", program, i));
            story.add(observation("orders", "pod-" + i % 3, IMAGE, "/srv/orders", "file", "read /srv/data/" + i % 11, i));
        }
        for (int i = 60; i < 140; i++) {
            // News at 89 s delays readiness from 90 to 119 s: whoever looks at the events as they come misses that.
            story.add(observation("orders", "pod-0", IMAGE, "/srv/orders", "exec", i == 89 ? "/srv/late" : "/srv/1", i));
            story.add(observation("orders", "pod-1", IMAGE, "/srv/orders", "connect", "203.0.113.9:" + (i < 125 ? 1 : i),
                    i));
        }
        List<String> ordered = outcome(story);

        for (int seed = 1; seed <= 3; seed++) {
            List<Observation> shuffled = new ArrayList<>(story);
            for (int from = 0; from < shuffled.size(); from += 12) {
                Collections.shuffle(shuffled.subList(from, Math.min(shuffled.size(), from + 12)), new Random(seed));
            }
            assertThat(outcome(shuffled)).isEqualTo(ordered);
        }
        assertThat(ordered).contains("drift 203.0.113.9:125", "drift 203.0.113.9:139", "ready at 119")
                .doesNotContain("drift /srv/late");
    }

    /** The watermark stays seven seconds behind the newest: more than a shuffle moves. */
    private List<String> outcome(List<Observation> story) throws Exception {
        operator.close();
        operator = BaselineHarness.start();
        long newest = 0;
        for (Observation observation : story) {
            operator.put(observation);
            newest = Math.max(newest, observation.time / BaselineHarness.SECOND);
            operator.watermark(newest - START - 14);
        }
        operator.watermark(400);
        List<String> outcome = new ArrayList<>();
        operator.signals().forEach(s -> outcome.add("drift " + s.getOutputFields().get("kubeguardian.item")));
        Collections.sort(outcome);
        operator.profile().getItems().forEach(i -> outcome.add(i.getKind() + ' ' + i.getItem() + ' ' + i.getFirstSeen()));
        outcome.add("ready at " + (operator.profile().getReadySince() / BaselineHarness.SECOND - START));
        return outcome;
    }

    @Test
    void aBaselineThatNothingWasSeenForIsStaleAndLearnsAnew() throws Exception {
        operator.observe("orders", "exec", "/srv/orders", 0);
        operator.watermark(200);
        long week = 604_800;

        operator.watermark(week + 300);
        assertThat(operator.profile().getPhase()).isEqualTo(ProfilePhase.STALE);
        operator.observe("orders", "exec", "/tmp/x", week + 400);

        assertThat(operator.signals()).isEmpty();
        assertThat(operator.profile().getPhase()).isEqualTo(ProfilePhase.LEARNING);
        assertThat(operator.audit()).extracting(ProfileAudit::getEvent).containsExactly(
                ProfileEvent.LEARNING, ProfileEvent.READY, ProfileEvent.STALE, ProfileEvent.LEARNING);
        operator.watermark(week + 600);
        assertThat(operator.profile().getItems()).extracting(ProfileItem::getItem, ProfileItem::getSource)
                .contains(org.assertj.core.groups.Tuple.tuple("/srv/orders", ItemSource.LEARNED));
    }

    @Test
    void theBaselineOfAWorkloadThatIsGoneIsForgotten() throws Exception {
        operator.close();
        operator = BaselineHarness.start(new HashMapStateBackend(), null); // RocksDB's harness cannot count
        operator.observe("orders", "exec", "/srv/orders", 0);

        operator.watermark(40L * 24 * 3600);

        assertThat(operator.numKeyedStateEntries()).isZero();
        assertThat(operator.profile().getPhase()).isEqualTo(ProfilePhase.OTHER);
    }

    private void drift(String pod, String exe, long second) throws Exception {
        operator.observe("orders", pod, exe, "connect", "203.0.113.9:443", second);
    }

    private static Observation calls(long second, String... names) {
        Observation observation = observation("orders", "uid", second + 10);
        ObservedCalls calls = new ObservedCalls();
        calls.image = IMAGE;
        calls.imageName = "registry.example/shop/orders:1";
        calls.from = (START + second) * BaselineHarness.SECOND;
        calls.names = List.of(names);
        calls.counts = new long[names.length];
        java.util.Arrays.fill(calls.counts, 10);
        observation.calls.add(calls);
        return observation;
    }
}
