package io.kubeguardian.intel;

import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.IntelChunk;
import io.kubeguardian.schema.IntelFeed;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Puts feeds together from the records of {@code kubeguardian.intel}, in their order. A feed comes into force whole, when
 * its own record arrives behind its chunks; until then, and when it turns out to be broken, the one before goes on. Used
 * by one thread.
 */
final class IntelAssembly {
    /** Most bytes of chunks that wait for their feed's record. */
    static final long MOST_WAITING_BYTES = 512L << 20;
    /** Most indicators of all feeds together. */
    static final long MOST_INDICATORS = 8_000_000;
    /** Most feeds. */
    static final int MOST_FEEDS = 64;

    private final AvroCodec<IntelFeed> feedCodec = AvroCodec.of(IntelFeed.class);
    private final AvroCodec<IntelChunk> chunkCodec = AvroCodec.of(IntelChunk.class);
    private final Map<String, IntelChunk> waiting = new TreeMap<>();
    private final Map<String, FeedIndex> feeds = new TreeMap<>();
    private long waitingBytes;

    /**
     * @param value null: what stood under the key is gone
     * @return whether what is in force changed
     * @throws MalformedRecordException when the record, or the feed that it completes, cannot be used; nothing changed then
     */
    boolean add(String key, byte[] value) throws MalformedRecordException {
        if (key.startsWith(Keys.FEED)) {
            String name = key.substring(Keys.FEED.length());
            if (value == null) {
                return feeds.remove(name) != null;
            }
            IntelFeed feed = feedCodec.decode(value);
            if (!feed.getName().equals(name)) {
                throw new MalformedRecordException("feed " + feed.getName() + " stands under the key " + key);
            }
            return complete(feed);
        }
        forget(key);
        if (value != null) {
            IntelChunk chunk = chunkCodec.decode(value);
            if (waitingBytes + value.length > MOST_WAITING_BYTES) {
                throw new MalformedRecordException("more than " + MOST_WAITING_BYTES + " bytes of chunks without a feed");
            }
            waiting.put(key, chunk);
            waitingBytes += size(chunk);
        }
        return false;
    }

    private void forget(String key) {
        IntelChunk old = waiting.remove(key);
        waitingBytes -= old == null ? 0 : size(old);
    }

    private static long size(IntelChunk chunk) {
        return chunk.getValues().remaining() + 16L * chunk.getCount();
    }

    private boolean complete(IntelFeed feed) throws MalformedRecordException {
        FeedIndex now = feeds.get(feed.getName());
        if (now != null && now.feed().getGeneration() == feed.getGeneration()
                && now.feed().getDigest().equals(feed.getDigest())) {
            feeds.put(feed.getName(), now.with(feed));
            return true;
        }
        List<IntelChunk> chunks = new ArrayList<>();
        for (int i = 0; i < feed.getChunks(); i++) {
            IntelChunk chunk = waiting.get(Keys.chunk(feed.getName(), feed.getSlot(), i));
            if (chunk == null || chunk.getGeneration() != feed.getGeneration() || chunk.getNumber() != i) {
                throw new MalformedRecordException("feed " + feed.getName() + " lacks chunk " + i + " of "
                        + feed.getChunks());
            }
            chunks.add(chunk);
        }
        if (!FeedDigest.of(chunks).equals(feed.getDigest())) {
            throw new MalformedRecordException("feed " + feed.getName() + " does not have the digest that it says");
        }
        long others = feeds.values().stream().mapToLong(index -> index.feed().getIndicators()).sum()
                - (now == null ? 0 : now.feed().getIndicators());
        if (others + feed.getIndicators() > MOST_INDICATORS || now == null && feeds.size() >= MOST_FEEDS) {
            throw new MalformedRecordException("feed " + feed.getName() + " with " + feed.getIndicators()
                    + " indicators is more than fits: at most " + MOST_FEEDS + " feeds and " + MOST_INDICATORS
                    + " indicators");
        }
        FeedIndex index;
        try {
            index = new FeedIndex(feed, chunks);
        } catch (MalformedRecordException e) {
            throw new MalformedRecordException("feed " + feed.getName() + ": " + e.getMessage(), e);
        }
        feeds.put(feed.getName(), index);
        for (int slot = 0; slot < 2; slot++) {
            String prefix = Keys.chunk(feed.getName(), slot, 0);
            String start = prefix.substring(0, prefix.length() - 1);
            new ArrayList<>(waiting.keySet()).stream().filter(key -> key.startsWith(start)).forEach(this::forget);
        }
        return true;
    }

    IntelSet set() {
        return feeds.isEmpty() ? IntelSet.EMPTY : new IntelSet(feeds);
    }
}
