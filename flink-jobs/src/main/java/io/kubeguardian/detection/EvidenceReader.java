package io.kubeguardian.detection;

import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.BatchEvents;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.Topics;
import org.apache.avro.specific.SpecificRecordBase;

/** Reads what records say of pods, and refuses what is malformed or stands under another pod's key. */
final class EvidenceReader {
    private final AvroCodec<EventBatch> batches = AvroCodec.of(EventBatch.class);
    private final AvroCodec<PodMetadata> pods = AvroCodec.of(PodMetadata.class);
    private final ForeignSignals foreignSignals = new ForeignSignals();

    /** A batch of events, or a signal of somebody else. */
    SpecificRecordBase evidence(RawRecord record) throws MalformedRecordException {
        return record.topic.equals(Topics.SIGNALS) ? foreignSignals.decode(record) : batch(record);
    }

    /** Empty for the host itself. */
    static String podUid(SpecificRecordBase evidence) {
        return evidence instanceof Signal signal ? signal.getPod().getUid() : ((EventBatch) evidence).getPodUid();
    }

    private EventBatch batch(RawRecord record) throws MalformedRecordException {
        EventBatch batch = batches.decode(record.value);
        BatchEvents.validate(batch);
        if (batch.getPodSequence() < 0) {
            throw new MalformedRecordException("podSequence is " + batch.getPodSequence() + ", below 0");
        }
        if (!Keys.events(batch).equals(record.key)) {
            throw new MalformedRecordException("the record's key is " + record.key + ", its batch belongs to "
                    + Keys.events(batch));
        }
        return batch;
    }

    /** Null: the pod is gone. */
    PodMetadata metadata(RawRecord record) throws MalformedRecordException {
        PodMetadata metadata = record.value == null ? null : pods.decode(record.value);
        if (metadata != null && !metadata.getUid().equals(record.key)) {
            throw new MalformedRecordException("the record's key is " + record.key + ", its metadata belongs to "
                    + metadata.getUid());
        }
        return metadata;
    }
}
