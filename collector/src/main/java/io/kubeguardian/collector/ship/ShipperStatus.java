package io.kubeguardian.collector.ship;

import java.util.Map;

/**
 * What became of records, since the start.
 *
 * @param batchesSent acknowledged
 * @param bytesSent of them, encoded, before compression
 * @param recordsLost of any topic, that Kafka did not take
 * @param auditRecordsLost those of them that were containment's audit
 * @param errors what its clients complained of; kinds may be missing
 */
public record ShipperStatus(
        BacklogStatus backlog, long batchesSent, long bytesSent, long recordsLost, long auditRecordsLost,
        Map<KafkaErrors.Kind, Long> errors) {
    /** Without Kafka. */
    public static final ShipperStatus NONE =
            new ShipperStatus(new BacklogStatus(0, 0, 0, 0, 0, 0), 0, 0, 0, 0, Map.of());

    public long errorCount() {
        return errors.values().stream().mapToLong(Long::longValue).sum();
    }
}
