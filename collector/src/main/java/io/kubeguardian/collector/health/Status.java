package io.kubeguardian.collector.health;

import io.kubeguardian.collector.attribute.AttributionCounts;
import io.kubeguardian.collector.batch.KindCounters;
import io.kubeguardian.collector.batch.Origin;
import io.kubeguardian.collector.ship.ShipperStatus;
import io.kubeguardian.schema.ContainmentStatus;
import io.kubeguardian.schema.Loss;
import io.kubeguardian.schema.SensorMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How the collector is, at one moment. Counters count from the start, losses from the start of the epoch.
 *
 * @param events read from the kernel
 * @param opensRepeated opens that the kernel only counted, because they said nothing new
 * @param sendsRepeated datagrams that the kernel only counted: their socket had sent to the same place before
 * @param callsUncounted system calls that the counters had no room for
 * @param programsMissed runs of programs that the kernel skipped
 * @param batches closed, whether or not they have been sent
 * @param residentBytes memory of the process; 0 when /proc does not tell
 * @param broken why it had better be started anew; empty when it had not
 * @param notReady why events do not reach Kafka; empty when they do
 */
public record Status(
        Origin origin,
        List<SensorMode> sensors,
        List<Loss> losses,
        List<ContainmentStatus> containments,
        long events,
        long opensRepeated,
        long sendsRepeated,
        long callsUncounted,
        long programsMissed,
        List<KindCounters.Count> kinds,
        List<Ring> rings,
        AttributionCounts attributions,
        long batches,
        ShipperStatus kafka,
        long residentBytes,
        String broken,
        String notReady) {

    /**
     * A ring between kernel and collector.
     *
     * @param usedBytes written and not read yet
     * @param readBytes read since the start
     */
    public record Ring(String name, long usedBytes, long sizeBytes, long readBytes) {}

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
