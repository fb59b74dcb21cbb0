package io.kubeguardian.detection;

import io.kubeguardian.baseline.observe.Observer;
import io.kubeguardian.config.BaselineSettings;
import io.kubeguardian.intel.IntelSet;
import io.kubeguardian.process.HeldProcesses;
import io.kubeguardian.process.NodeStore;
import io.kubeguardian.process.ProcessTree;
import io.kubeguardian.process.TreeProcess;
import io.kubeguardian.rules.ContainerView;
import io.kubeguardian.rules.EventView;
import io.kubeguardian.rules.RuleSet;
import io.kubeguardian.schema.BatchEvents;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.PodMetadata;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;

/**
 * Takes captured batches through the process tree and the rules as the job does, in this thread and without Flink, so
 * that a rule can be tried in milliseconds. Every hit is told: the job's holding back of repeats, its baselines and
 * its patterns are left out (see {@link Replay} for all of it).
 */
public final class RuleTrial {
    /** What the rules say. */
    public interface Listener {
        /**
         * @param hit valid until this returns
         * @param time of the event, nanoseconds since the Unix epoch
         */
        void hit(Hit hit, long time);

        /** A rule failed on an event, and the event's remaining rules with it. */
        void failed(EventView event, RuntimeException problem);
    }

    private static final class Pod {
        final HeldProcesses processes = HeldProcesses.ofNewPod();
        final BatchEvaluation evaluation;
        final ProcessTree tree;
        final HostNames hostNames = new HostNamesInMemory();
        final PodState state = new PodState();
        String bootId = "";
        PodContext context;

        Pod(RuleSet rules, int processLimit, Listener listener) {
            tree = new ProcessTree(NodeStore.NONE, processLimit);
            evaluation = new BatchEvaluation(tree, new RuleDetector(rules), new ToListener(listener));
        }
    }

    private final RuleSet rules;
    private final int processLimit;
    private final Listener listener;
    private final PodObservations observations;
    private final Map<String, PodMetadata> metadata = new HashMap<>();
    private final Map<String, Pod> pods = new HashMap<>();

    /** @param processLimit most processes remembered per pod, as {@code detection.processLimit} */
    public RuleTrial(RuleSet rules, int processLimit, Listener listener) {
        this(rules, processLimit, listener, BaselineSettings.off());
    }

    /** @param baseline of what baselines are told: it is worked out as in the job, and dropped, to see what it costs */
    public RuleTrial(RuleSet rules, int processLimit, Listener listener, BaselineSettings baseline) {
        this.observations =
                PodObservations.ofBaselines(baseline, new DetectMetrics(UnregisteredMetricsGroup.createOperatorMetricGroup()));
        this.rules = rules;
        this.processLimit = processLimit;
        this.listener = listener;
    }

    /** Of the pod's batches from here on. */
    public void metadata(PodMetadata pod) {
        metadata.put(pod.getUid(), pod);
    }

    /** @throws MalformedRecordException when an index of the batch points outside its tables */
    public void batch(EventBatch batch) throws MalformedRecordException {
        BatchEvents.validate(batch);
        Pod pod = pods.computeIfAbsent(Keys.events(batch), key -> new Pod(rules, processLimit, listener));
        if (!batch.getBootId().equals(pod.bootId)) {
            pod.processes.clear();
            pod.bootId = batch.getBootId();
        }
        pod.tree.begin(pod.processes);
        PodMetadata known = metadata.get(batch.getPodUid());
        if (pod.context == null || !pod.context.isOf(batch, known)) {
            pod.context = new PodContext(batch, known);
        }
        Observer observer = observations.begin(batch, pod.context, pod.state.ledger.completeness(), batch.getBaseTime(), pod.state);
        pod.evaluation.run(batch, pod.context, pod.hostNames, IntelSet.EMPTY, observer);
        observations.end(pod.state);
        try {
            pod.tree.commit();
        } catch (Exception e) {
            throw new IllegalStateException("a tree in memory cannot fail to be written", e);
        }
    }

    private record ToListener(Listener listener) implements BatchEvaluation.Output {
        @Override
        public void hit(Hit hit, TreeProcess process, ContainerView container, long time) {
            listener.hit(hit, time);
        }

        @Override
        public void failed(EventView event, RuntimeException problem) {
            listener.failed(event, problem);
        }
    }
}
