package io.kubeguardian.detection;

import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.RuntimePolicyCheck;
import io.kubeguardian.schema.RuntimePolicyRecord;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * From records of the policies topic to the runtime policies that every subtask is told: each whole, or not at all. Runs
 * once, so that what is malformed is told once; what was in force under its key stays.
 */
final class RuntimePolicyUpdates extends ProcessFunction<RawRecord, RuleUpdate> {
    private static final long serialVersionUID = 1L;

    private final DetectionClock clock;
    private transient AvroCodec<RuntimePolicyRecord> codec;
    private transient Counter refused;

    RuntimePolicyUpdates(DetectionClock clock) {
        this.clock = clock;
    }

    @Override
    public void open(OpenContext context) {
        codec = AvroCodec.of(RuntimePolicyRecord.class);
        refused = getRuntimeContext().getMetricGroup().counter("refused");
    }

    @Override
    public void processElement(RawRecord record, Context context, Collector<RuleUpdate> out) {
        if (!record.key.startsWith(Keys.RUNTIME)) {
            return;
        }
        try {
            out.collect(new RuleUpdate(record.key, record.value == null ? null : policy(record)));
        } catch (MalformedRecordException e) {
            refused.inc();
            context.output(DeadLetters.TAG, DeadLetters.of(record, e.getMessage(), clock.nanos()));
        }
    }

    private RuntimePolicyRecord policy(RawRecord record) throws MalformedRecordException {
        RuntimePolicyRecord policy = codec.decode(record.value);
        RuntimePolicyCheck.check(policy);
        String own = Keys.runtimePolicy(policy.getCluster(), policy.getNamespace(), policy.getName());
        if (!record.key.equals(own)) {
            throw new MalformedRecordException("the record's key is " + record.key + ", its policy is " + own);
        }
        return policy;
    }
}
