package io.kubeguardian.webhook;

import io.kubeguardian.policy.Finding;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Posture;
import io.kubeguardian.schema.PostureFinding;
import io.kubeguardian.schema.Topics;
import io.kubeguardian.schema.WorkloadRef;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tells {@code kubeguardian.posture} what is wrong with workloads whose pods were let in; the risk of a workload counts it. What
 * was denied does not run and changes nothing. Sent when it changed, as far as a bounded memory of the workloads last seen
 * tells, and again after some time: the controller takes back what is said of a workload that has had no pods for longer.
 */
final class PosturePublisher {
    /** As many as the risk job looks at. */
    static final int MOST_FINDINGS = 32;
    private static final int LONGEST_MESSAGE = 300;
    private static final AvroCodec<Posture> CODEC = AvroCodec.of(Posture.class);

    private final Outbox outbox;
    private final WebhookMetrics metrics;
    private final long againNanos;
    private final Map<String, Told> told;

    private record Told(long digest, long nanos) {}

    /**
     * @param limit most workloads that are remembered; beyond it those not seen for longest go
     * @param again after how long the same is told once more, well below the time after which it is taken back
     */
    PosturePublisher(int limit, Duration again, Outbox outbox, WebhookMetrics metrics) {
        this.againNanos = again.toNanos();
        this.outbox = outbox;
        this.metrics = metrics;
        this.told = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Told> eldest) {
                return size() > limit;
            }
        };
    }

    /**
     * A workload's pods were let in, or are there already.
     *
     * @param workload its key, {@code cluster/namespace/kind/name}
     * @param nowNanos nanoseconds since the Unix epoch
     */
    void admitted(String workload, List<Finding> findings, long nowNanos) {
        List<Finding> worst = worst(findings);
        long digest = digest(worst);
        synchronized (told) { // also while it is put into the queue: what is told last must stand last on the topic
            Told before = told.get(workload);
            if (before != null && before.digest == digest && nowNanos - before.nanos < againNanos) {
                return;
            }
            Told now = new Told(digest, nowNanos);
            told.put(workload, now);
            tell(workload, worst, now);
        }
    }

    private void tell(String workload, List<Finding> worst, Told now) {
        metrics.postures.inc();
        String[] parts = workload.split("/", 4); // none of them can hold a slash in Kubernetes
        Posture posture = new Posture(new WorkloadRef(parts[0], parts[1], parts[2], parts[3]), worst.stream()
                .map(finding -> new PostureFinding(finding.id(), finding.severity().label(),
                        Text.oneLine(finding.message(), LONGEST_MESSAGE)))
                .toList(), now.nanos);
        outbox.send(Topics.POSTURE, workload, () -> CODEC.encode(posture), () -> forget(workload, now));
    }

    /** One of each check, so that a pod of many containers is no worse than its worst one; the gravest first. */
    private static List<Finding> worst(List<Finding> findings) {
        Set<String> checks = new HashSet<>();
        return findings.stream().filter(finding -> checks.add(finding.id()))
                .sorted(Comparator.comparing(Finding::severity).thenComparing(Finding::id))
                .limit(MOST_FINDINGS).toList();
    }

    /** FNV-1a, 64 bits, over checks and severities: messages may name what differs from pod to pod. */
    private static long digest(List<Finding> findings) {
        long digest = 0xcbf29ce484222325L;
        for (Finding finding : findings) {
            for (int i = 0; i < finding.id().length(); i++) {
                digest = (digest ^ finding.id().charAt(i)) * 0x100000001b3L;
            }
            digest = (digest ^ (0x100 + finding.severity().ordinal())) * 0x100000001b3L;
        }
        return digest;
    }

    /** The next admission tells it again. */
    private void forget(String workload, Told now) {
        synchronized (told) {
            told.remove(workload, now);
        }
    }
}
