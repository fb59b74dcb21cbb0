package io.kubeguardian.baseline;

import io.kubeguardian.config.BaselineSettings;
import io.kubeguardian.config.DetectionSettings;
import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.PodRef;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.ProfileAudit;
import io.kubeguardian.schema.ProcessRef;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.WorkloadRef;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;

/** The baseline operator alone, with observations by hand. Learns 60 s, is ready after 30 s without news. */
@SuppressWarnings("try") // close() is declared as its superclass has it
final class BaselineHarness extends KeyedTwoInputStreamOperatorTestHarness<String, Observation, ProfileChange, Sighting> {
    static final long START = 1_790_000_000L;
    static final long SECOND = 1_000_000_000L;
    static final String IMAGE = "sha256:" + "a".repeat(64);

    private BaselineHarness(DetectionSettings detection, BaselineSettings baseline) throws Exception {
        super(new KeyedCoProcessOperator<>(new BaselineFunction(detection, baseline, () -> 7L)),
                observation -> observation.key, change -> change.key, BasicTypeInfo.STRING_TYPE_INFO, 1, 1, 0);
    }

    static BaselineHarness start() throws Exception {
        return start(new EmbeddedRocksDBStateBackend(), null);
    }

    static BaselineHarness start(StateBackend backend, OperatorSubtaskState state) throws Exception {
        return start(backend, state, detection(16), baseline());
    }

    static BaselineHarness start(
            StateBackend backend, OperatorSubtaskState state, DetectionSettings detection, BaselineSettings baseline)
            throws Exception {
        BaselineHarness harness = new BaselineHarness(detection, baseline);
        harness.setStateBackend(backend);
        harness.setup(TypeInformation.of(Sighting.class)
                .createSerializer(harness.getExecutionConfig().getSerializerConfig()));
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
        harness.processWatermark2(Watermark.MAX_WATERMARK);
        return harness;
    }

    static DetectionSettings detection(int limit) {
        return detection(limit, 60, 30);
    }

    static DetectionSettings detection(int limit, int learningSeconds, int quietSeconds) {
        return new DetectionSettings(List.of(), List.of(), 1, "", 200, 3000, 256, 1000, learningSeconds, quietSeconds, limit,
                3600, 80, 900, List.of(), List.of(), 100, 3600, 900);
    }

    static BaselineSettings baseline() {
        return baseline(4);
    }

    static BaselineSettings baseline(int newItemsPerHour) {
        return new BaselineSettings(BaselineSettings.KINDS, newItemsPerHour, 604_800, 8, 1024, 60, 24, 100, 2, 20);
    }

    /** What a program of pod "uid" did; the watermark follows by a second. */
    void observe(String workload, String kind, String item, long second) throws Exception {
        observe(workload, "uid", "/srv/" + workload, kind, item, second);
    }

    void observe(String workload, String pod, String exe, String kind, String item, long second) throws Exception {
        send(observation(workload, pod, IMAGE, exe, kind, item, second));
    }

    void send(Observation observation) throws Exception {
        put(observation);
        processWatermark1(new Watermark(observation.time / 1_000_000 + 1000));
    }

    /** Without a word about time. */
    void put(Observation observation) throws Exception {
        processElement1(new StreamRecord<>(observation, observation.time / 1_000_000));
    }

    void watermark(long second) throws Exception {
        processWatermark1(new Watermark((START + second) * 1000));
    }

    void say(ProfileChange change) throws Exception {
        processElement2(new StreamRecord<>(change));
    }

    static Observation observation(
            String workload, String pod, String image, String exe, String kind, String item, long second) {
        ObservedItem observed = new ObservedItem();
        observed.kind = kind;
        observed.item = item;
        observed.image = image;
        observed.imageName = "registry.example/shop/" + workload + ":1";
        observed.time = (START + second) * SECOND;
        observed.first = true;
        Observation observation = observation(workload, pod, second);
        observation.items.add(observed);
        observation.processes.add(new ObservedProcess(
                new ProcessRef("boot", 7, 7L, "x", exe, new ArrayList<>(), 0, ""), new ArrayList<>()));
        return observation;
    }

    static Observation observation(String workload, String pod, long second) {
        Observation observation = new Observation();
        observation.workload = workload(workload);
        observation.key = Keys.workload(observation.workload);
        observation.pod = new PodRef(pod, "shop", pod, "node", true);
        observation.completeness = new Completeness(true, 0L, 0L);
        observation.time = (START + second) * SECOND;
        return observation;
    }

    static WorkloadRef workload(String name) {
        return new WorkloadRef("prod", "shop", "Deployment", name);
    }

    List<Signal> signals() {
        List<Signal> signals = new ArrayList<>();
        for (Sighting sighting : extractOutputValues()) {
            if (sighting.signal != null) {
                signals.add(sighting.signal);
            }
        }
        return signals;
    }

    List<Profile> profiles() {
        return side(BaselineFunction.PROFILES);
    }

    Profile profile() {
        List<Profile> all = profiles();
        return all.get(all.size() - 1);
    }

    List<ProfileAudit> audit() {
        return side(BaselineFunction.AUDIT);
    }

    private <T> List<T> side(org.apache.flink.util.OutputTag<T> tag) {
        List<T> all = new ArrayList<>();
        var records = getSideOutput(tag);
        if (records != null) {
            records.forEach(record -> all.add(record.getValue()));
        }
        return all;
    }
}
