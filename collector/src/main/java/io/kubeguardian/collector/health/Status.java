package io.kubeguardian.collector.health;

import io.kubeguardian.schema.ContainmentStatus;
import io.kubeguardian.schema.Loss;
import io.kubeguardian.schema.SensorMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How the collector is, at one moment. Counters count from the start.
 *
 * @param opensRepeated opens that the kernel only counted, because they said nothing new
 * @param unattributed events whose cgroup was not known
 * @param bytesSent encoded, before compression
 * @param preciousRingBytes waiting in the ring
 * @param bulkRingBytes waiting in the ring
 * @param callsUncounted system calls that the counters had no room for
 * @param sendsRepeated datagrams that the kernel only counted: their socket had sent to the same place before
 * @param ready the rings are read, and Kafka took the last records (or is not used)
 */
public record Status(
        List<SensorMode> sensors,
        List<Loss> losses,
        List<ContainmentStatus> containments,
        long eventsRead,
        long opensRepeated,
        long unattributed,
        long cgroups,
        long batchesSent,
        long bytesSent,
        long sendFailures,
        long queuedBatches,
        long preciousRingBytes,
        long bulkRingBytes,
        long residentBytes,
        long callsUncounted,
        long sendsRepeated,
        long auditRecordsLost,
        boolean ready) {

    /** Resident memory of this process in bytes; 0 when /proc does not tell. */
    public static long readResidentBytes() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
                }
            }
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
        return 0;
    }
}
