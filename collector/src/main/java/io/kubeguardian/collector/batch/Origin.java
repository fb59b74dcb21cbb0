package io.kubeguardian.collector.batch;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Who sends: the same in every batch of one run.
 *
 * @param epoch when the first run of the epoch started, milliseconds since the Unix epoch; sequences begin anew with it
 * @param previousEpoch as {@link io.kubeguardian.schema.EventBatch#getPreviousEpoch}
 * @param unwatchedMillis as {@link io.kubeguardian.schema.EventBatch#getUnwatchedMillis}
 */
public record Origin(
        String cluster, String node, String bootId, long epoch, long previousEpoch, long unwatchedMillis) {
    /** Of an epoch that begins with nothing known of another. */
    public Origin(String cluster, String node, String bootId, long epoch) {
        this(cluster, node, bootId, epoch, 0, 0);
    }

    /** Of this machine, in an epoch that begins now. @param node empty: the host name */
    public static Origin here(String cluster, String node) {
        try {
            return new Origin(cluster, node.isEmpty() ? InetAddress.getLocalHost().getHostName() : node,
                    Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip(), System.currentTimeMillis());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("the host has no name (" + e.getMessage() + "): set collector.node", e);
        } catch (IOException e) {
            throw new IllegalArgumentException("/proc/sys/kernel/random/boot_id: " + e.getMessage(), e);
        }
    }
}
