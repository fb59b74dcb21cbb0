package io.kubeguardian.collector.event;

import static io.kubeguardian.collector.event.KernelLayouts.HEADER;
import static io.kubeguardian.collector.event.KernelLayouts.offset;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.util.List;

/** Records of cgroups that come and go; they go to the listener, not into a batch. */
final class CgroupRecords implements RecordDecoder {
    static final StructLayout CGROUP = MemoryLayout.structLayout(
            HEADER.withName("header"),
            JAVA_INT.withName("path_length"),
            JAVA_INT.withName("reserved")).withName("kg_cgroup");

    static final List<StructLayout> LAYOUTS = List.of(CGROUP);

    private static final long CGROUP_PATH_LENGTH = offset(CGROUP, "path_length");
    private static final int CGROUP_BYTES = (int) CGROUP.byteSize();

    private final CgroupListener listener;

    CgroupRecords(CgroupListener listener) {
        this.listener = listener;
    }

    @Override
    public boolean decode(int type, MemorySegment ring, long at, int length) {
        if (length < CGROUP_BYTES) {
            return false;
        }
        int pathLength = ring.get(JAVA_INT, at + CGROUP_PATH_LENGTH);
        if (!RecordContext.fits(length - CGROUP_BYTES, pathLength)) {
            return false;
        }
        long cgroup = ring.get(JAVA_LONG, at + RecordContext.CGROUP);
        if (type == KernelLayouts.TYPE_CGROUP_MKDIR) {
            listener.created(cgroup, KernelText.text(ring, at + CGROUP_BYTES, pathLength));
        } else {
            listener.removed(cgroup);
        }
        return true;
    }
}
