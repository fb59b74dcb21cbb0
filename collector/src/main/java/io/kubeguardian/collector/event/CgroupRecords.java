package io.kubeguardian.collector.event;

import static io.kubeguardian.collector.event.KernelLayouts.HEADER;
import static io.kubeguardian.collector.event.KernelLayouts.offset;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.kubeguardian.collector.attribute.Attribution;
import io.kubeguardian.collector.attribute.CgroupPath;
import io.kubeguardian.schema.ContainerChange;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.EventClass;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.util.List;

/** Records of cgroups that come and go: for the listener, and an event where the cgroup is a container's. */
final class CgroupRecords implements RecordDecoder {
    static final StructLayout CGROUP = MemoryLayout.structLayout(
            HEADER.withName("header"),
            JAVA_INT.withName("path_length"),
            JAVA_INT.withName("reserved")).withName("kg_cgroup");

    static final List<StructLayout> LAYOUTS = List.of(CGROUP);

    private static final long CGROUP_PATH_LENGTH = offset(CGROUP, "path_length");
    private static final int CGROUP_BYTES = (int) CGROUP.byteSize();

    private final RecordContext to;
    private final CgroupListener listener;

    CgroupRecords(RecordContext to, CgroupListener listener) {
        this.to = to;
        this.listener = listener;
    }

    @Override
    public boolean decode(int type, KernelRecord record) {
        if (record.length() < CGROUP_BYTES) {
            return false;
        }
        int pathLength = record.getInt(CGROUP_PATH_LENGTH);
        if (!RecordContext.fits(record.length() - CGROUP_BYTES, pathLength)) {
            return false;
        }
        long cgroup = record.getLong(RecordContext.CGROUP);
        String path = record.text(CGROUP_BYTES, pathLength);
        boolean started = type == KernelLayouts.TYPE_CGROUP_MKDIR;
        if (started) {
            listener.created(cgroup, path);
        } else {
            listener.removed(cgroup);
        }
        Attribution who = CgroupPath.parse(path);
        if (who.exact() && !who.containerId().isEmpty()) {
            EventBatchBuilder batch = to.begin(who.podUid());
            batch.add(new ContainerChange(to.time(record), batch.string(who.containerId()), started));
            to.added(EventClass.PRECIOUS, record.length());
        }
        return true;
    }
}
