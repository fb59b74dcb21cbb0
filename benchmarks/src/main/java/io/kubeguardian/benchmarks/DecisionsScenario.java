package io.kubeguardian.benchmarks;

import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.detection.DetectionClock;
import io.kubeguardian.detection.DetectionJob;
import io.kubeguardian.detection.EmbeddedFlink;
import io.kubeguardian.risk.DecisionPolicy;
import io.kubeguardian.risk.RiskEvidence;
import io.kubeguardian.risk.RiskTopology;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.Incident;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;

/**
 * From the arrival of the evidence in the risk operator to the decision, with the operators of the job, RocksDB, checkpoints
 * and the default policy and limits, while attacks on ever new workloads come at a steady rate; the first third is not
 * counted.
 */
final class DecisionsScenario implements Scenario {
    private static final int PER_SECOND = 200;
    private static final int PARALLELISM = 2;
    private static final long PATIENCE_SECONDS = 120;

    /** What each decision took, nanoseconds: the job runs in this JVM. */
    private static final BlockingQueue<Long> TOOK = new LinkedBlockingQueue<>();

    /** Takes the decisions down. */
    private static final class Taken extends ProcessFunction<Decision, Decision> {
        private static final long serialVersionUID = 1L;

        @Override
        public void processElement(Decision decision, Context context, Collector<Decision> out) {
            TOOK.add(decision.getTook());
        }
    }

    @Override
    public String name() {
        return "decisions";
    }

    @Override
    public String describes() {
        return "ms from the arrival of evidence in the risk operator to the decision, at " + PER_SECOND + " attacks/s";
    }

    @Override
    public void measure(Run run) throws Exception {
        int count = PER_SECOND * (run.quick() ? 9 : 60);
        KubeGuardianConfig config = ConfigReader.read(null, Map.of());
        TOOK.clear();
        List<Double> millis = new ArrayList<>();
        run.progress("%,d attacks at %d/s", count, PER_SECOND);
        try (EmbeddedFlink flink = EmbeddedFlink.start(env -> {
            DetectionJob.configure(env, config.detection());
            SingleOutputStreamOperator<Incident> incidents = env.fromSequence(0, count - 1).setParallelism(1)
                    .process(new PacedStories(PER_SECOND), io.kubeguardian.detection.Types.INCIDENT).setParallelism(1);
            DataStream<RiskEvidence> none = incidents.flatMap((Incident incident, Collector<RiskEvidence> out) -> { },
                    TypeInformation.of(RiskEvidence.class));
            RiskTopology.build(incidents.getSideOutput(PacedStories.SIGNALS), incidents, none, null, config.detection(),
                    DecisionPolicy.load(config.decisions(), config.detection()), DetectionClock.system(), false)
                    .log().process(new Taken()).sinkTo(new DiscardingSink<>());
        }, 0, PARALLELISM, null)) {
            for (int i = 0; i < count; i++) {
                Long took = TOOK.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (took == null) {
                    throw new IllegalStateException("only " + i + " of " + count + " decisions");
                }
                if (i >= count / 3) {
                    millis.add(took / 1e6);
                }
            }
        }
        millis.forEach(one -> run.sample("decision_ms", one));
        double[] sorted = Run.sorted(millis);
        run.figure(Figure.of("decision_p50_ms", Run.quantile(sorted, 0.5), "ms"));
        run.figure(Figure.of("decision_p99_ms", Run.quantile(sorted, 0.99), "ms"));
        run.figure(Figure.of("decision_max_ms", sorted[sorted.length - 1], "ms"));
        run.figure(Figure.of("decisions", sorted.length, "decisions"));
    }
}
