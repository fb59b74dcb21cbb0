package io.kubeguardian.detection;

import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.ContainerMetadata;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.Signal;
import java.util.HashMap;
import java.util.Map;

/**
 * What other sensors found (Falco's alerts). Their ingest writes it to the same topic as the job its own signals; it is told
 * from them by its origin, taken in here, given what the job knows of the pod, and never written again: no loop.
 */
final class ForeignSignals {
    /** As many digits as Falco shows of a container's id. */
    private static final int LEAST_ID_DIGITS = 12;

    private final AvroCodec<Signal> codec = AvroCodec.of(Signal.class);

    /** Whether a signal is somebody else's. */
    static boolean isForeign(Signal signal) {
        return !signal.getOrigin().isEmpty();
    }

    /** Under which it meets its pod's events and metadata; the topic's own key is the workload. */
    static String key(Signal signal) {
        return Keys.events(signal.getPod().getUid(), signal.getPod().getNode());
    }

    /** @throws MalformedRecordException also when it is one of the job's own */
    Signal decode(RawRecord record) throws MalformedRecordException {
        Signal signal = codec.decode(record.value);
        if (!isForeign(signal)) {
            throw new MalformedRecordException("a signal without an origin is the job's own");
        }
        if (!key(signal).equals(record.key)) {
            throw new MalformedRecordException("the record's key is " + record.key + ", its signal belongs to "
                    + key(signal));
        }
        return signal;
    }

    /**
     * With the pod's own name, workload and image, and the container's whole id: by it a node finds the container.
     *
     * @param metadata null while nobody has described the pod: the signal's own word for it stays
     * @param known of the evidence that the job itself has of the pod
     * @param held back of the same rule and process since the last one
     */
    static Signal resolved(Signal signal, PodMetadata metadata, Completeness known, long held) {
        Signal.Builder resolved = Signal.newBuilder(signal);
        if (metadata != null) {
            PodContext context = new PodContext(metadata.getCluster(), signal.getPod().getNode(),
                    signal.getPod().getUid(), metadata);
            resolved.setPod(context.pod());
            resolved.setWorkload(context.workload());
            ContainerMetadata container = container(signal.getContainerId(), metadata);
            if (container != null) {
                resolved.setContainerId(container.getId());
                resolved.setImage(container.getImage());
            }
        }
        Completeness own = signal.getCompleteness();
        resolved.setCompleteness(new Completeness(own.getComplete() && known.getComplete(),
                Math.max(own.getLostEvents(), known.getLostEvents()),
                Math.max(own.getMissingBatches(), known.getMissingBatches())));
        if (held > 0) {
            Map<String, String> fields = new HashMap<>(signal.getOutputFields());
            fields.put("kubeguardian.repeats", Long.toString(held));
            resolved.setOutputFields(fields);
        }
        return resolved.build();
    }

    private static ContainerMetadata container(String id, PodMetadata metadata) {
        for (ContainerMetadata container : metadata.getContainers()) {
            if (id.length() >= LEAST_ID_DIGITS && container.getId().startsWith(id)) {
                return container;
            }
        }
        return null;
    }

    /** What a flood of is one: the rule, and the process or else the container. */
    static String repeatKey(Signal signal) {
        String who = signal.getProcess() == null ? signal.getContainerId()
                : signal.getProcess().getPid() + "/" + signal.getProcess().getName();
        return signal.getOrigin() + '|' + signal.getRule() + '|' + who;
    }
}
