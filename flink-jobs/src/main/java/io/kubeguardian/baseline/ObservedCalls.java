package io.kubeguardian.baseline;

import java.util.ArrayList;
import java.util.List;

/** How often the processes of a container made each system call in an interval. Flink POJO. */
public final class ObservedCalls {
    public String image = "";
    public String imageName = "";
    public String containerId = "";
    /** Beginning of the interval, event time in nanoseconds since the Unix epoch. */
    public long from;
    public List<String> names = new ArrayList<>();
    public long[] counts = {};
}
