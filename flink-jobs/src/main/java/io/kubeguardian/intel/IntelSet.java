package io.kubeguardian.intel;

import io.kubeguardian.schema.IndicatorType;
import io.kubeguardian.schema.IntelChunk;
import io.kubeguardian.schema.IntelFeed;
import io.kubeguardian.schema.IpNetwork;
import io.kubeguardian.schema.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All feeds that are in force together. Immutable; asked by many threads, each with a {@link Scratch} of its own. */
public final class IntelSet {
    /** Without any feed. */
    public static final IntelSet EMPTY = new IntelSet(Map.of());

    private static final int LONGEST_NAME = 253;
    private static final int LONGEST_PATH = 4096;

    /** Where a thread puts the bytes of what it asks for. */
    public static final class Scratch {
        private final byte[] bytes = new byte[LONGEST_PATH];
    }

    private final List<FeedIndex> feeds;
    private final long indicators;

    IntelSet(Map<String, FeedIndex> feeds) {
        this.feeds = List.copyOf(feeds.values());
        this.indicators = this.feeds.stream().mapToLong(index -> index.feed().getIndicators()).sum();
    }

    /**
     * One feed in force.
     *
     * @param chunks all of it, in their order
     * @throws MalformedRecordException when they are not what the feed says
     */
    public static IntelSet of(IntelFeed feed, List<IntelChunk> chunks) throws MalformedRecordException {
        return EMPTY.plus(feed, chunks);
    }

    /**
     * These feeds and one more; it takes the place of one of the same name.
     *
     * @throws MalformedRecordException when its chunks are not what it says, or it is more than fits into a job
     */
    public IntelSet plus(IntelFeed feed, List<IntelChunk> chunks) throws MalformedRecordException {
        Map<String, FeedIndex> all = new TreeMap<>();
        feeds.forEach(index -> all.put(index.feed().getName(), index));
        all.put(feed.getName(), new FeedIndex(feed, chunks));
        IntelSet more = new IntelSet(all);
        if (more.feeds() > IntelAssembly.MOST_FEEDS || more.indicators() > IntelAssembly.MOST_INDICATORS) {
            throw new MalformedRecordException("feed " + feed.getName() + " with " + feed.getIndicators() + " indicators is more"
                    + " than fits: at most " + IntelAssembly.MOST_FEEDS + " feeds and " + IntelAssembly.MOST_INDICATORS
                    + " indicators");
        }
        return more;
    }

    public boolean isEmpty() {
        return feeds.isEmpty();
    }

    public int feeds() {
        return feeds.size();
    }

    public long indicators() {
        return indicators;
    }

    /** Digests of the feeds by name, for who wants to know what is in force. */
    public Map<String, String> digests() {
        Map<String, String> digests = new TreeMap<>();
        feeds.forEach(index -> digests.put(index.feed().getName(), index.feed().getDigest()));
        return digests;
    }

    /**
     * What is listed of an address, and of networks around it: at most one of each feed.
     *
     * @param text as the sensors write it; what is no address is not listed
     * @param nanos time of the event
     */
    public List<IntelMatch> address(String text, long nanos, Scratch scratch) {
        if (feeds.isEmpty() || text.isEmpty()) {
            return List.of();
        }
        long v4 = IpNetwork.parseV4(text);
        long high = 0;
        long low;
        if (v4 >= 0) {
            low = 0xffff_0000_0000L | v4;
        } else {
            IpNetwork parsed = text.indexOf(':') < 0 ? null : IpNetwork.parse(text);
            if (parsed == null) {
                return List.of();
            }
            high = parsed.high();
            low = parsed.low();
        }
        boolean mapped = high == 0 && low >>> 32 == 0xffff;
        byte[] key = scratch.bytes;
        int length = mapped ? 4 : 16;
        if (mapped) {
            put(key, 0, low, 4);
        } else {
            put(key, 0, high, 8);
            put(key, 8, low, 8);
        }
        List<IntelMatch> found = List.of();
        for (FeedIndex feed : feeds) {
            IntelMatch match = feed.key(mapped ? IndicatorType.IPV4 : IndicatorType.IPV6, key, length, nanos);
            found = with(found, match != null ? match : feed.network(high, low, nanos));
        }
        return found;
    }

    private static void put(byte[] bytes, int at, long value, int count) {
        for (int i = 0; i < count; i++) {
            bytes[at + i] = (byte) (value >>> 8 * (count - 1 - i));
        }
    }

    /** What is listed of a name, or of a domain that it is below of. Upper case counts as lower case. */
    public List<IntelMatch> domain(String name, long nanos, Scratch scratch) {
        int length = name.length();
        if (length > 0 && name.charAt(length - 1) == '.') {
            length--;
        }
        if (feeds.isEmpty() || length == 0 || length > LONGEST_NAME) {
            return List.of();
        }
        byte[] key = scratch.bytes;
        for (int i = 0; i < length; i++) {
            char c = name.charAt(i);
            if (c > 0x7e) {
                return List.of(); // names are ASCII on the wire
            }
            key[i] = (byte) (c >= 'A' && c <= 'Z' ? c + 32 : c);
        }
        List<IntelMatch> found = List.of();
        for (FeedIndex feed : feeds) {
            found = with(found, feed.domain(key, length, nanos));
        }
        return found;
    }

    /** What is listed of a program by its path, or by its base name. */
    public List<IntelMatch> program(String path, long nanos, Scratch scratch) {
        int length = path.length();
        if (feeds.isEmpty() || length == 0 || length * 3 > LONGEST_PATH) {
            return List.of();
        }
        boolean asked = false;
        for (FeedIndex feed : feeds) {
            asked |= feed.has(IndicatorType.PATH) || feed.has(IndicatorType.NAME);
        }
        if (!asked) {
            return List.of();
        }
        byte[] whole = path.getBytes(StandardCharsets.UTF_8);
        byte[] base = path.substring(path.lastIndexOf('/') + 1).getBytes(StandardCharsets.UTF_8);
        List<IntelMatch> found = List.of();
        for (FeedIndex feed : feeds) {
            IntelMatch match = feed.key(IndicatorType.PATH, whole, whole.length, nanos);
            found = with(found, match != null ? match : feed.key(IndicatorType.NAME, base, base.length, nanos));
        }
        return found;
    }

    /** What is listed of a file by a hash of it. @param hash hexadecimal, with or without "sha256:" before it */
    public List<IntelMatch> hash(String hash, long nanos) {
        Indicator asked = feeds.isEmpty() ? null : IndicatorText.hash(hash);
        List<IntelMatch> found = List.of();
        if (asked != null) {
            for (FeedIndex feed : feeds) {
                found = with(found, feed.key(asked.type(), asked.key(), asked.key().length, nanos));
            }
        }
        return found;
    }

    private static List<IntelMatch> with(List<IntelMatch> found, IntelMatch match) {
        if (match == null) {
            return found;
        }
        List<IntelMatch> more = found.isEmpty() ? new ArrayList<>() : found;
        more.add(match);
        return more;
    }
}
