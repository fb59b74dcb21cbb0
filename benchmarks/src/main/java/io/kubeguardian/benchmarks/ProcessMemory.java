package io.kubeguardian.benchmarks;

import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.DetectionSettings;
import io.kubeguardian.detection.DetectionPipeline;
import io.kubeguardian.detection.RawRecord;
import io.kubeguardian.detection.RuleDetectorFactory;
import io.kubeguardian.detection.RuleUpdate;
import io.kubeguardian.ml.stream.BatchUse;
import io.kubeguardian.risk.RiskEvidence;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.DeadLetter;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.Topics;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;

/**
 * The heap that the detect operator takes for what {@code detection.processesInMemory} lets it keep in hand: more processes than
 * that run, each one forked and executed in a batch of its pod that another shares, {@value #PROCESSES} in each pod, judged by
 * the rules. The baseline is the same operator that may keep next to none.
 */
final class ProcessMemory implements Scenario {
    private static final int PROCESSES = 50;
    private static final int LEAST = 16;
    /** How many more run than are kept, in percent. */
    private static final int SURPLUS = 20;

    /** Of the operator's side outputs, by their names: what the harness keeps of them would be counted as the operator's. */
    private OutputTag<BatchUse> batches;
    private OutputTag<RiskEvidence> podFacts;
    private OutputTag<DeadLetter> refused;

    @Override
    public String name() {
        return "process-memory";
    }

    @Override
    public String describes() {
        return "heap that processes kept in memory take (detection.processesInMemory), against next to none";
    }

    @Override
    public void measure(Run run) throws Exception {
        batches = new OutputTag<>("batches", TypeInformation.of(BatchUse.class));
        podFacts = new OutputTag<>("pod-facts", TypeInformation.of(RiskEvidence.class));
        refused = new OutputTag<>("dead-letters", TypeInformation.of(DeadLetter.class));
        List<String> rules = PipelineScenario.rules(run);
        int[] limits = run.quick() ? new int[] {10_000} : new int[] {100_000, 1_000_000};
        run.progress("once without counting it: what is loaded meanwhile stays");
        heap(run, rules, limits[0], limits[0]);
        double least = heap(run, rules, LEAST, limits[0]);
        run.sample("heap_bytes." + LEAST, least);
        for (int limit : limits) {
            double heap = heap(run, rules, limit, limit);
            run.sample("heap_bytes." + limit, heap);
            run.figure(Figure.against("heap_mb." + limit, heap / 1e6, "MB", least / 1e6));
            run.figure(Figure.of("bytes_per_process." + limit, (heap - least) / limit, "bytes"));
        }
    }

    /** @param limit processes in memory; @param processes what more than that run */
    private double heap(Run run, List<String> rules, int limit, int processes) throws Exception {
        DetectionSettings settings = ConfigReader.read(null,
                Map.of("KUBEGUARDIAN_DETECTION_PROCESSES_IN_MEMORY", Integer.toString(limit))).detection();
        long before = Heap.used();
        try (KeyedTwoInputStreamOperatorTestHarness<String, RawRecord, RuleUpdate, Signal> detect =
                new KeyedTwoInputStreamOperatorTestHarness<>(
                        DetectionPipeline.detect(settings, new RuleDetectorFactory(rules)), record -> record.key, null,
                        BasicTypeInfo.STRING_TYPE_INFO)) {
            detect.setStateBackend(new EmbeddedRocksDBStateBackend());
            detect.setup(new HandedOver<>());
            detect.open();
            detect.processWatermark2(Watermark.MAX_WATERMARK);
            int pods = (int) (processes * (100L + SURPLUS) / 100 / PROCESSES);
            run(detect, pods);
            double used = Heap.used() - before;
            run.progress("%,d in memory of %,d that run in %,d pods: %,.0f MB", limit, pods * PROCESSES, pods, used / 1e6);
            return used;
        }
    }

    private void run(
            KeyedTwoInputStreamOperatorTestHarness<String, RawRecord, RuleUpdate, Signal> detect, int pods)
            throws Exception {
        ServiceEvents events = new ServiceEvents(pods, System.currentTimeMillis() * 1_000_000);
        AvroCodec<EventBatch> codec = AvroCodec.of(EventBatch.class);
        AvroCodec<PodMetadata> metadata = AvroCodec.of(PodMetadata.class);
        long offset = 0;
        for (int pod = 0; pod < pods; pod++) {
            PodMetadata of = events.metadata(pod);
            take(detect, Topics.PODS, offset++, of.getUpdatedAt(), of.getUid(), metadata.encode(of));
            for (int i = 0; i < PROCESSES / 2; i++) {
                EventBatch batch = events.running(pod);
                take(detect, Topics.EVENTS, offset++, batch.getBaseTime() / 1_000_000, Keys.events(batch),
                        codec.encode(batch));
            }
        }
    }

    private void take(
            KeyedTwoInputStreamOperatorTestHarness<String, RawRecord, RuleUpdate, Signal> detect, String topic, long offset,
            long time, String key, byte[] value) throws Exception {
        detect.processElement1(new RawRecord(topic, 0, offset, time, Keys.bytes(key), value), time);
        detect.getOutput().clear();
        if (detect.getSideOutput(refused) != null) {
            throw new IllegalStateException("refused: " + detect.getSideOutput(refused).peek());
        }
        clear(detect.getSideOutput(batches));
        clear(detect.getSideOutput(podFacts));
    }

    /** @param records null when there were none yet */
    private static void clear(Queue<?> records) {
        if (records != null) {
            records.clear();
        }
    }
}
