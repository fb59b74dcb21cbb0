package io.kubeguardian.ml.stream;

import java.util.ArrayList;
import java.util.List;

/** Which windows of a workload are open. Flink POJO. */
public final class WorkloadWindows {
    /** Begins of the windows whose parts wait, milliseconds. */
    public List<Long> open = new ArrayList<>();
    /** Parts that wait. */
    public int parts;
    /** Up to here windows are judged, milliseconds; what comes later is too late. */
    public long judgedUntil = Long.MIN_VALUE;
    /** When it is next looked at whether the workload is gone, milliseconds. */
    public long forgetAt;
    public long lastSeen;

    public WorkloadWindows() {}
}
