package io.kubeguardian.ingest.tetragon;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Boot ids of other sensors' nodes. Tetragon does not tell the kernel's; but from a program's start on both clocks
 * follows when the node was booted. The id is made of the node's name and that time, to the minute; as long as the
 * time stays within {@value #SAME_BOOT_SECONDS} s of it (clocks are corrected) it is the same boot. A node that was up
 * for longer than that and comes up again has another. Not thread safe.
 */
public final class BootIds {
    /** Most nodes remembered; the longest unused goes. */
    public static final int MOST_NODES = 1024;
    static final long SAME_BOOT_SECONDS = 60;

    /**
     * One boot of a node.
     *
     * @param seconds when it was booted, since the Unix epoch
     */
    public record Boot(String id, long seconds) {}

    private final Map<String, Boot> boots = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boot> eldest) {
            return size() > MOST_NODES;
        }
    };

    /** @param known from an earlier run, by node */
    public BootIds(Map<String, Boot> known) {
        boots.putAll(known);
    }

    /**
     * The boot id at the time of an event.
     *
     * @param wallTime when a program started, nanoseconds since the Unix epoch; 0: not told
     * @param bootTime the same moment in nanoseconds since boot
     */
    String of(String node, long wallTime, long bootTime) {
        Boot boot = boots.get(node);
        if (wallTime == 0) { // the export was told to leave it out: one boot is all that can be known
            return boot == null ? remember(node, 0) : boot.id();
        }
        long seconds = Math.floorDiv(wallTime - bootTime, 1_000_000_000L);
        if (boot != null && Math.abs(seconds - boot.seconds()) <= SAME_BOOT_SECONDS) {
            return boot.id();
        }
        if (boot != null && seconds < boot.seconds()) {
            return boot.id(); // a straggler from before, or a clock that was set back: time does not run backwards
        }
        return remember(node, seconds);
    }

    private String remember(String node, long seconds) {
        String id = UUID.nameUUIDFromBytes(("tetragon/" + node + '/' + Math.floorDiv(seconds + 30, 60))
                .getBytes(StandardCharsets.UTF_8)).toString();
        boots.put(node, new Boot(id, seconds));
        return id;
    }

    /** All that is known, by node. */
    public Map<String, Boot> known() {
        return new LinkedHashMap<>(boots);
    }
}
