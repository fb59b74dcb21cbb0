package io.kubeguardian.detection;

import io.kubeguardian.process.HeldProcesses;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.PodMetadata;

/** A pod in hand: what keyed state has of it, decoded, and perhaps newer ({@link PodsInHand}). */
final class HeldPod {
    /** What it takes of memory besides its processes, counted in processes. */
    private static final int OWN_WEIGHT = 4;

    final String key;
    final PodState state;
    final HeldProcesses processes;
    /** Keyed state has it, or will: of a pod that is not known nothing is kept. */
    boolean known;
    /** State must be written back. */
    boolean changed;
    /** Another after each change of the names that addresses have. */
    Object names = new Object();
    /** As it was when the pod was last weighed. */
    int weight;

    private PodMetadata metadata;
    private PodContext context;

    /** @param stored null when keyed state has none */
    HeldPod(String key, PodState stored, PodMetadata metadata) {
        this.key = key;
        this.known = stored != null;
        this.state = known ? stored : new PodState();
        this.processes = known ? HeldProcesses.ofStored(stored.processes) : HeldProcesses.ofNewPod();
        this.metadata = metadata;
    }

    /** Null while the pod is unresolved, and for the host. */
    PodMetadata metadata() {
        return metadata;
    }

    void metadata(PodMetadata newest) {
        metadata = newest;
    }

    /** Whose events those of the batch are. The same object while it would say the same. */
    PodContext context(EventBatch batch) {
        PodMetadata known = batch.getPodUid().isEmpty() ? null : metadata;
        if (context == null || !context.isOf(batch, known)) {
            context = new PodContext(batch, known);
        }
        return context;
    }

    int currentWeight() {
        return OWN_WEIGHT + processes.inHand();
    }
}
