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

    /** One of the calls, as an item of no process. */
    public ObservedItem call(String name) {
        ObservedItem item = new ObservedItem();
        item.kind = ItemKind.SYSCALL.word();
        item.item = name;
        item.image = image;
        item.imageName = imageName;
        item.containerId = containerId;
        item.process = -1;
        item.time = from;
        return item;
    }
}
