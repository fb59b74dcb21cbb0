package io.kubeguardian.collector.health;

import io.kubeguardian.collector.attribute.AttributionCounts;
import io.kubeguardian.collector.batch.Origin;
import io.kubeguardian.schema.CollectorHealth;

/** The status as the record that goes to Kafka. */
public final class HealthRecords {
    private HealthRecords() {}

    /** @param time nanoseconds since the Unix epoch; @param ended it is the last of its run */
    public static CollectorHealth of(Status now, long time, boolean ended) {
        Origin origin = now.origin();
        AttributionCounts attributions = now.attributions();
        CollectorHealth record = new CollectorHealth();
        record.setCluster(origin.cluster());
        record.setNode(origin.node());
        record.setBootId(origin.bootId());
        record.setEpoch(origin.epoch());
        record.setPreviousEpoch(origin.previousEpoch());
        record.setUnwatchedMillis(origin.unwatchedMillis());
        record.setTime(time);
        record.setSensors(now.sensors());
        record.setLosses(now.losses());
        record.setContainments(now.containments());
        record.setEventsRead(now.events());
        record.setOpensRepeated(now.opensRepeated());
        record.setSendsRepeated(now.sendsRepeated());
        record.setEventsUnattributed(attributions.failures());
        record.setEventsOutsidePods(attributions.outsidePods());
        record.setPreciousRingBytes(now.rings().get(0).usedBytes());
        record.setBulkRingBytes(now.rings().get(1).usedBytes());
        record.setBatchesSent(now.kafka().batchesSent());
        record.setBytesSent(now.kafka().bytesSent());
        record.setBacklogBytes(now.kafka().backlog().waitingBytes() + now.kafka().backlog().inFlightBytes());
        record.setBacklogLimitBytes(now.kafka().backlog().limitBytes());
        record.setKafkaErrors(now.kafka().errorCount());
        record.setAuditRecordsLost(now.kafka().auditRecordsLost());
        record.setResidentBytes(now.residentBytes());
        record.setEnded(ended);
        return record;
    }
}
