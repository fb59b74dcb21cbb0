package io.kubeguardian.intel;

import io.kubeguardian.schema.IndicatorType;
import io.kubeguardian.schema.IntelChunk;
import io.kubeguardian.schema.IntelFeed;
import io.kubeguardian.schema.IpNetwork;
import io.kubeguardian.schema.MalformedRecordException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** One feed, ready to be asked. Immutable: a newer one takes its place. */
final class FeedIndex {
    private static final long SECOND = 1_000_000_000L;

    private final IntelFeed feed;
    private final Map<IndicatorType, KeyTable> tables = new EnumMap<>(IndicatorType.class);
    private final Map<IndicatorType, Facts> facts = new EnumMap<>(IndicatorType.class);
    private NetworkTable networks;

    /**
     * @param chunks all of the feed's generation, in their order
     * @throws MalformedRecordException when they are not what the feed says
     */
    FeedIndex(IntelFeed feed, List<IntelChunk> chunks) throws MalformedRecordException {
        this.feed = feed;
        Map<IndicatorType, List<IntelChunk>> byType = new EnumMap<>(IndicatorType.class);
        long count = 0;
        for (IntelChunk chunk : chunks) {
            if (chunk.getCount() < 0) {
                throw new MalformedRecordException("chunk " + chunk.getNumber() + " has " + chunk.getCount()
                        + " indicators");
            }
            byType.computeIfAbsent(chunk.getType(), type -> new ArrayList<>()).add(chunk);
            count += chunk.getCount();
        }
        if (count != feed.getIndicators()) {
            throw new MalformedRecordException("its chunks have " + count + " indicators, not " + feed.getIndicators());
        }
        for (Map.Entry<IndicatorType, List<IntelChunk>> type : byType.entrySet()) {
            if (type.getKey() != IndicatorType.OTHER) { // of a newer feeder: the rest is still good
                add(type.getKey(), type.getValue());
            }
        }
    }

    /** The same indicators under another record of the feed: only times, names and defaults changed. */
    private FeedIndex(IntelFeed feed, FeedIndex same) {
        this.feed = feed;
        this.tables.putAll(same.tables);
        this.facts.putAll(same.facts);
        this.networks = same.networks;
    }

    FeedIndex with(IntelFeed record) {
        return new FeedIndex(record, this);
    }

    private void add(IndicatorType type, List<IntelChunk> chunks) throws MalformedRecordException {
        int count = 0;
        int bytes = 0;
        for (IntelChunk chunk : chunks) {
            count = Math.addExact(count, chunk.getCount());
            bytes = Math.addExact(bytes, chunk.getValues().remaining());
        }
        ByteBuffer values = ByteBuffer.allocate(bytes);
        chunks.forEach(chunk -> values.put(chunk.getValues().duplicate()));
        try {
            if (type == IndicatorType.NETWORK) {
                networks = new NetworkTable(networks(values.flip(), count));
            } else {
                tables.put(type, new KeyTable(values.array(), stride(type), count));
            }
        } catch (IllegalArgumentException e) {
            throw new MalformedRecordException(type + ": " + e.getMessage(), e);
        }
        facts.put(type, new Facts(chunks, count));
    }

    static int stride(IndicatorType type) {
        return switch (type) {
            case IPV4 -> 4;
            case IPV6, MD5 -> 16;
            case NETWORK -> 17;
            case SHA1 -> 20;
            case SHA256 -> 32;
            default -> 0;
        };
    }

    private static IpNetwork[] networks(ByteBuffer values, int count) {
        if (values.remaining() != 17L * count) {
            throw new IllegalArgumentException(values.remaining() + " bytes are not " + count + " networks");
        }
        IpNetwork[] networks = new IpNetwork[count];
        for (int i = 0; i < count; i++) {
            networks[i] = new IpNetwork(values.getLong(), values.getLong(), values.get() & 0xff);
            if (networks[i].bits() > 128 || !networks[i].isCanonical()) {
                throw new IllegalArgumentException("network " + i + " is none");
            }
        }
        return networks;
    }

    IntelFeed feed() {
        return feed;
    }

    /** Whether it has none of a kind: what is asked for most is not there at all. */
    boolean has(IndicatorType type) {
        return type == IndicatorType.NETWORK ? networks != null : tables.containsKey(type);
    }

    /** By its own bytes; null when there is none, or no longer. @param nanos time of the event */
    IntelMatch key(IndicatorType type, byte[] key, int length, long nanos) {
        KeyTable table = tables.get(type);
        if (table == null) {
            return null;
        }
        int number = table.find(key, length);
        return number == KeyTable.ABSENT ? null : match(type, number, nanos);
    }

    /** The narrowest network around an address that is still listed; null when there is none. */
    IntelMatch network(long high, long low, long nanos) {
        if (networks == null) {
            return null;
        }
        for (int n = networks.find(high, low); n != NetworkTable.ABSENT; n = networks.around(n)) {
            IntelMatch match = match(IndicatorType.NETWORK, n, nanos);
            if (match != null) {
                return match;
            }
        }
        return null;
    }

    /** The longest listed domain that the name is, or is below of. @param name lower case, without the final dot */
    IntelMatch domain(byte[] name, int length, long nanos) {
        KeyTable table = tables.get(IndicatorType.DOMAIN);
        if (table == null) {
            return null;
        }
        IntelMatch best = null;
        long hash = KeyHash.start();
        for (int i = length - 1; i >= 0; i--) {
            hash = KeyHash.step(hash, name[i]);
            if (i == 0 || name[i - 1] == '.' && feed.getSubdomains()) {
                int number = table.find(name, i, length, KeyHash.end(hash));
                IntelMatch match = number == KeyTable.ABSENT ? null : match(IndicatorType.DOMAIN, number, nanos);
                best = match == null ? best : match;
            }
        }
        return best;
    }

    private IntelMatch match(IndicatorType type, int number, long nanos) {
        Facts known = facts.get(type);
        long expires = known.expires(number);
        if (feed.getExpires() != 0 && feed.getExpires() <= nanos || expires != 0 && expires * SECOND <= nanos) {
            return null;
        }
        if (expires == 0 || feed.getExpires() != 0 && feed.getExpires() / SECOND < expires) {
            expires = feed.getExpires() / SECOND;
        }
        int label = known.label(number);
        return new IntelMatch(type, text(type, number), feed.getName(), feed.getSource(),
                label < feed.getLabels().size() ? feed.getLabels().get(label) : "", known.firstSeen(number),
                known.lastSeen(number), expires, known.confidence(number, feed.getConfidence()), feed.getTechniques());
    }

    private String text(IndicatorType type, int number) {
        if (type == IndicatorType.NETWORK) {
            return IndicatorText.of(networks.network(number));
        }
        byte[] key = tables.get(type).key(number);
        return switch (type) {
            case IPV4, IPV6 -> IndicatorText.address(key);
            case MD5, SHA1, SHA256 -> HexFormat.of().formatHex(key);
            default -> new String(key, StandardCharsets.UTF_8);
        };
    }
}
