package io.kubeguardian.collector.event;

import io.kubeguardian.collector.attribute.CgroupTable;
import io.kubeguardian.collector.batch.PodBatches;
import io.kubeguardian.collector.ring.RecordHandler;
import java.lang.foreign.MemorySegment;

/** Turns kernel records into events of their pod's batch. Used by the reader thread alone. */
public final class EventDecoder implements RecordHandler {
    private final RecordContext context;
    private final KernelRecord record = new KernelRecord();
    /** By record type. */
    private final RecordDecoder[] decoders = new RecordDecoder[KernelLayouts.TYPES];
    private volatile long events;
    private volatile long unreadable;

    /**
     * @param bootToWall nanoseconds to add to the boot clock to have wall time
     * @param maskSecrets whether what looks like a secret is masked in arguments, environment and texts of calls
     */
    public EventDecoder(CgroupTable cgroups, PodBatches batches, CgroupListener listener, long bootToWall,
            boolean maskSecrets) {
        context = new RecordContext(cgroups, batches, bootToWall);
        RecordDecoder processes = new ProcessRecords(context, maskSecrets);
        decoders[KernelLayouts.TYPE_EXEC] = processes;
        decoders[KernelLayouts.TYPE_FORK] = processes;
        decoders[KernelLayouts.TYPE_EXIT] = processes;
        RecordDecoder files = new FileRecords(context);
        decoders[KernelLayouts.TYPE_OPEN] = files;
        decoders[KernelLayouts.TYPE_FILE_CHANGE] = files;
        decoders[KernelLayouts.TYPE_DUP] = new DescriptorRecords(context);
        RecordDecoder sockets = new NetworkRecords(context);
        decoders[KernelLayouts.TYPE_CONNECT] = sockets;
        decoders[KernelLayouts.TYPE_SOCKET_CALL] = sockets;
        decoders[KernelLayouts.TYPE_DNS] = new DnsRecords(context);
        decoders[KernelLayouts.TYPE_CALL] = new CallRecords(context, maskSecrets);
        RecordDecoder changes = new CgroupRecords(context, listener);
        decoders[KernelLayouts.TYPE_CGROUP_MKDIR] = changes;
        decoders[KernelLayouts.TYPE_CGROUP_RMDIR] = changes;
    }

    /** As the wall clock is corrected. */
    public void setBootToWall(long nanos) {
        context.bootToWall = nanos;
    }

    /** Events decoded so far. */
    public long events() {
        return events;
    }

    /** Records that were not understood so far. */
    public long unreadable() {
        return unreadable;
    }

    @Override
    @SuppressWarnings("NonAtomicOperationOnVolatileField") // one thread writes, others look
    public void record(MemorySegment ring, long at, int length) {
        try {
            record.copyFrom(ring, at, length);
            if (length < RecordContext.HEADER_BYTES || !decode(RecordContext.type(record))) {
                unreadable++;
            } else {
                events++;
            }
        } catch (IndexOutOfBoundsException | NegativeArraySizeException e) {
            unreadable++;
        }
    }

    private boolean decode(int type) {
        RecordDecoder decoder = type >= 0 && type < decoders.length ? decoders[type] : null;
        return decoder != null && decoder.decode(type, record);
    }
}
