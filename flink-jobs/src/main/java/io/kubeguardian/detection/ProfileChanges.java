package io.kubeguardian.detection;

import io.kubeguardian.baseline.ItemKind;
import io.kubeguardian.baseline.ProfileChange;
import io.kubeguardian.baseline.ProfileDigests;
import io.kubeguardian.schema.AcceptedItem;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.ProfilePolicy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** From records of the policies topic to what operators say about baselines; what is malformed is told once. */
final class ProfileChanges extends ProcessFunction<RawRecord, ProfileChange> {
    private static final long serialVersionUID = 1L;

    private final DetectionClock clock;
    private transient AvroCodec<ProfilePolicy> codec;

    ProfileChanges(DetectionClock clock) {
        this.clock = clock;
    }

    @Override
    public void open(OpenContext context) {
        codec = AvroCodec.of(ProfilePolicy.class);
    }

    @Override
    public void processElement(RawRecord record, Context context, Collector<ProfileChange> out) {
        if (record.value == null) {
            return; // taken back by a hand: what was applied stays
        }
        try {
            ProfilePolicy policy = codec.decode(record.value);
            check(record.key, policy);
            out.collect(new ProfileChange(Keys.workload(policy.getWorkload()), policy));
        } catch (MalformedRecordException e) {
            context.output(DeadLetters.TAG, DeadLetters.of(record, e.getMessage(), clock.nanos()));
        }
    }

    private static void check(String key, ProfilePolicy policy) throws MalformedRecordException {
        if (!key.equals(Keys.profilePolicy(policy.getWorkload()))) {
            throw new MalformedRecordException("the record's key is " + key + ", its policy is about "
                    + Keys.workload(policy.getWorkload()));
        }
        if (!policy.getDigest().equals(ProfileDigests.of(policy))) {
            throw new MalformedRecordException("the policy's digest is not that of its content");
        }
        for (AcceptedItem item : policy.getAccepted()) {
            ItemKind kind = ItemKind.of(item.getKind());
            if (kind == null || kind == ItemKind.RATE) {
                throw new MalformedRecordException("there is no kind of item " + item.getKind());
            }
        }
        for (Profile profile : policy.getImported()) {
            if (!profile.getDigest().equals(ProfileDigests.of(profile))) {
                throw new MalformedRecordException("the digest of the imported profile of " + profile.getImage()
                        + " is not that of its content");
            }
        }
    }
}
