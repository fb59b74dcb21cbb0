package io.kubeguardian.cli.rules;

import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.cli.stack.TopicContents;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.RuleBundle;
import io.kubeguardian.schema.RuleStatus;
import io.kubeguardian.schema.RuleVerdict;
import io.kubeguardian.schema.Topics;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Waits for every subtask of a job to take a bundle, or for one to refuse it. */
final class Acknowledgement {
    private final AvroCodec<RuleStatus> codec = AvroCodec.of(RuleStatus.class);
    private final RuleBundle bundle;
    private final BundleKind kind;
    /** What the subtasks of each run of the job say about the bundle. */
    private final Map<String, Map<Integer, RuleStatus>> decided = new HashMap<>();
    private RuleStatus refusal;

    private Acknowledgement(RuleBundle bundle, BundleKind kind) {
        this.bundle = bundle;
        this.kind = kind;
    }

    /**
     * Tells each answer on standard error.
     *
     * @return why it was refused; null when all have taken it
     * @throws UserError when they have not answered in time
     */
    static String await(Map<String, Object> client, RuleBundle bundle, BundleKind kind, Duration time) {
        Acknowledgement waiting = new Acknowledgement(bundle, kind);
        if (!TopicContents.follow(client, Topics.RULE_STATUS, time, waiting::isEnough)) {
            throw new UserError("the bundle is published, but " + waiting.answers() + " within " + time.toSeconds()
                    + " s; is the detection job running? `kubeguardian " + waiting.kind.command() + " list --effective` says what it runs");
        }
        return waiting.refusal == null ? null : waiting.refusal.getProblem();
    }

    private boolean isEnough(ConsumerRecord<byte[], byte[]> record) {
        RuleStatus status;
        try {
            status = codec.decode(record.value());
        } catch (MalformedRecordException e) {
            return false; // told by `rules list --effective`
        }
        boolean about = status.getJob().equals(kind.job()) && status.getRequestedTime() == bundle.getIssuedTime()
                && status.getRequestedDigest().equals(bundle.getDigest());
        if (!about || status.getVerdict() == RuleVerdict.PENDING) {
            return false;
        }
        Map<Integer, RuleStatus> run = decided.computeIfAbsent(status.getJobId(), id -> new TreeMap<>());
        if (run.put(status.getSubtask(), status) == null) {
            System.err.println("kubeguardian: subtask " + status.getSubtask() + " of " + status.getParallelism() + ": "
                    + (status.getVerdict() == RuleVerdict.ACCEPTED ? "runs it, " + Texts.count(status.getRules(), kind.noun())
                            : "refuses it"));
        }
        if (status.getVerdict() == RuleVerdict.REJECTED) {
            refusal = status;
        }
        return refusal != null || run.size() >= status.getParallelism();
    }

    private String answers() {
        return decided.values().stream().max(Comparator.comparingInt(Map::size))
                .map(run -> "only " + run.size() + " of " + run.values().iterator().next().getParallelism()
                        + " subtasks have answered")
                .orElse("no subtask has answered");
    }
}
