package io.kubeguardian.webhook;

import io.kubeguardian.schema.DecisionCheck;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;

/**
 * A decision that a workload gets no new pods, as the webhook keeps it.
 *
 * @param untilNanos nanoseconds since the Unix epoch
 */
record Quarantine(String id, String reason, long untilNanos) {
    private static final int LONGEST_REASON = 300;

    /**
     * @param key the record's key
     * @return null when it was taken back
     * @throws MalformedRecordException when the record is none, or contradicts its key
     */
    static Quarantine of(String key, io.kubeguardian.schema.Decision record) throws MalformedRecordException {
        DecisionCheck.check(record);
        if (!DecisionCheck.isOfWorkload(record) || !Keys.decision(record).equals(key)) {
            throw new MalformedRecordException("key is not that of the record's workload");
        }
        return record.getReleased() ? null : new Quarantine(Text.oneLine(record.getId(), 100),
                Text.oneLine(record.getReason(), LONGEST_REASON), record.getExpiresTime());
    }
}
