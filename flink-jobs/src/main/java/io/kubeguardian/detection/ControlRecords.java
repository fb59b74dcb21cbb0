package io.kubeguardian.detection;

import io.kubeguardian.risk.RiskEvidence;
import io.kubeguardian.risk.RiskEvidences;
import io.kubeguardian.schema.Approval;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.Posture;
import io.kubeguardian.schema.Topics;
import io.kubeguardian.schema.WorkloadRef;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** What others tell the job besides events: admission's findings, and people's answers to decisions. */
final class ControlRecords extends ProcessFunction<RawRecord, RiskEvidence> {
    private static final long serialVersionUID = 1L;

    static final OutputTag<Approval> APPROVALS = new OutputTag<>("approvals", Types.APPROVAL);

    private final DetectionClock clock;
    private transient AvroCodec<Posture> postures;
    private transient AvroCodec<Approval> approvals;

    ControlRecords(DetectionClock clock) {
        this.clock = clock;
    }

    @Override
    public void open(OpenContext context) {
        postures = AvroCodec.of(Posture.class);
        approvals = AvroCodec.of(Approval.class);
    }

    @Override
    public void processElement(RawRecord record, Context context, Collector<RiskEvidence> out) {
        if (record.value == null) {
            if (record.topic.equals(Topics.POSTURE)) {
                takenBack(record, context, out);
            }
            return;
        }
        try {
            if (record.topic.equals(Topics.APPROVALS)) {
                Approval approval = approvals.decode(record.value);
                require(approval.getDecisionId(), record.key);
                context.output(APPROVALS, approval);
            } else {
                Posture posture = postures.decode(record.value);
                require(Keys.workload(posture.getWorkload()), record.key);
                out.collect(RiskEvidences.of(posture));
            }
        } catch (MalformedRecordException e) {
            context.output(DeadLetters.TAG, DeadLetters.of(record, e.getMessage(), clock.nanos()));
        }
    }

    /** The workload has had no pods for long: nothing is wrong with it any more. */
    private void takenBack(RawRecord record, Context context, Collector<RiskEvidence> out) {
        String[] parts = record.key.split("/", -1);
        if (parts.length != 4) {
            context.output(DeadLetters.TAG, DeadLetters.of(record, "the record's key is " + record.key
                    + ", must be cluster/namespace/kind/name", clock.nanos()));
            return;
        }
        out.collect(RiskEvidences.of(new Posture(new WorkloadRef(parts[0], parts[1], parts[2], parts[3]), List.of(),
                record.timestamp * 1_000_000)));
    }

    private static void require(String own, String key) throws MalformedRecordException {
        if (!own.equals(key)) {
            throw new MalformedRecordException("the record's key is " + key + ", it belongs to " + own);
        }
    }
}
