package io.kubeguardian.cli.profile;

import io.kubeguardian.baseline.ProfileDigests;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.cli.stack.DecodedRecords;
import io.kubeguardian.cli.stack.TopicContents;
import io.kubeguardian.cli.stack.TopicRecords;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.ProfilePolicy;
import io.kubeguardian.schema.Topics;
import io.kubeguardian.schema.WorkloadRef;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.common.errors.RecordTooLargeException;

/** What operators say about a workload's baseline, as it stands on the policies topic, and the next word. */
final class ProfilePolicies {
    private static final AvroCodec<ProfilePolicy> CODEC = AvroCodec.of(ProfilePolicy.class);
    private static final AvroCodec<Profile> PROFILES = AvroCodec.of(Profile.class);

    private final Map<String, Object> client;

    ProfilePolicies(Map<String, Object> client) {
        this.client = client;
    }

    /** The last word about the workload; an empty one when there was none. */
    ProfilePolicy current(WorkloadRef workload) {
        String key = Keys.profilePolicy(workload);
        ProfilePolicy current = DecodedRecords.latest(client, Topics.POLICIES, CODEC, key).get(key);
        return current != null ? current : ProfilePolicy.newBuilder().setWorkload(workload).setAction("")
                .setIssuedBy("").setReason("").setIssuedTime(0).setDigest("").build();
    }

    /**
     * Puts records on the policies topic; null takes one back.
     *
     * @throws UserError when one is too large
     */
    static <T extends SpecificRecordBase> void write(
            Map<String, Object> client, AvroCodec<T> codec, Map<String, T> records) {
        try {
            TopicRecords.write(client, Topics.POLICIES, codec, records);
        } catch (RecordTooLargeException e) {
            throw new UserError("too large for Kafka: " + e.getMessage(), e);
        }
    }

    /** Signs and publishes the next word; returns it as published. */
    ProfilePolicy publish(ProfilePolicy.Builder next, ProfilePolicy before, String action, String subject, Word word) {
        Instant now = Instant.now();
        long nanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
        ProfilePolicy policy = next.setAction(action).setSubject(subject).setIssuedBy(word.by()).setReason(word.reason())
                .setIssuedTime(Math.max(nanos, before.getIssuedTime() + 1)).setDigest("").build();
        policy.setDigest(ProfileDigests.of(policy));
        write(client, CODEC, Map.of(Keys.profilePolicy(policy.getWorkload()), policy));
        return policy;
    }

    /**
     * Waits until the job has applied a word: its profiles say so.
     *
     * @throws UserError when that takes too long
     */
    Profile await(ProfilePolicy policy, Duration time) {
        Profile[] answer = new Profile[1];
        String workload = Keys.workload(policy.getWorkload());
        boolean applied = TopicContents.follow(client, Topics.PROFILES, time, record -> {
            if (record.value() == null) {
                return false;
            }
            try {
                Profile profile = PROFILES.decode(record.value());
                answer[0] = profile;
                return Keys.workload(profile.getWorkload()).equals(workload)
                        && profile.getPolicyDigest().equals(policy.getDigest());
            } catch (MalformedRecordException e) {
                return false; // told where profiles are listed
            }
        });
        if (!applied) {
            throw new UserError("the change is published, but no job has applied it within " + time.toSeconds()
                    + " s; is the detection job running?");
        }
        return answer[0];
    }
}
