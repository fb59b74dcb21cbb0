package io.kubeguardian.intel.feed;

import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.IntelChunk;
import io.kubeguardian.schema.IntelFeed;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes feeds to {@code kubeguardian.intel}: the chunks into the slot that is not in use, then the feed's own record,
 * which puts them into force, then the end of the chunks before. A publication that is cut short changes nothing.
 */
public final class FeedTopic implements AutoCloseable {
    private final AvroCodec<IntelFeed> feeds = AvroCodec.of(IntelFeed.class);
    private final AvroCodec<IntelChunk> chunks = AvroCodec.of(IntelChunk.class);
    private final KafkaProducer<byte[], byte[]> producer;

    /** @param client Kafka client properties, with {@code bootstrap.servers} */
    public FeedTopic(Map<String, Object> client) {
        Map<String, Object> properties = new HashMap<>(client);
        properties.put("enable.idempotence", true);
        properties.put("acks", "all");
        properties.put("compression.type", "lz4");
        properties.put("max.block.ms", 20_000);
        properties.put("delivery.timeout.ms", 60_000);
        properties.put("request.timeout.ms", 20_000);
        producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /**
     * @param before what the topic says of the feed now, or null
     * @return the feed's record as it was written: with times alone when the indicators are the same
     * @throws FeedException when Kafka does not take it; what was in force still is
     */
    public IntelFeed publish(FeedCompiler.Compiled compiled, IntelFeed before, String etag, String lastModified,
            String issuedBy) throws FeedException, InterruptedException {
        IntelFeed feed = IntelFeed.newBuilder(compiled.feed()).setEtag(etag).setLastModified(lastModified)
                .setIssuedBy(issuedBy).build();
        if (before != null && before.getDigest().equals(feed.getDigest())) {
            feed.setGeneration(before.getGeneration());
            feed.setSlot(before.getSlot());
            write(Map.of(Keys.feed(feed.getName()), feeds.encode(feed)));
            return feed;
        }
        if (before != null) {
            feed.setSlot(1 - before.getSlot());
            feed.setGeneration(Math.max(feed.getGeneration(), before.getGeneration() + 1));
        }
        List<Future<?>> sent = new ArrayList<>();
        for (IntelChunk chunk : compiled.chunks()) {
            chunk.setGeneration(feed.getGeneration());
            sent.add(send(Keys.chunk(feed.getName(), feed.getSlot(), chunk.getNumber()), chunks.encode(chunk)));
        }
        await(sent, feed.getName());
        write(Map.of(Keys.feed(feed.getName()), feeds.encode(feed)));
        if (before != null) {
            forgetChunks(before);
        }
        return feed;
    }

    /** Nothing changed at the source: it lasts as long again. */
    public IntelFeed prolong(IntelFeed feed, long now, long expireSeconds) throws FeedException, InterruptedException {
        IntelFeed longer = IntelFeed.newBuilder(feed).setFetched(now)
                .setExpires(expireSeconds == 0 ? 0 : now + expireSeconds * 1_000_000_000L).build();
        write(Map.of(Keys.feed(feed.getName()), feeds.encode(longer)));
        return longer;
    }

    /** Takes a feed out of force. */
    public void remove(IntelFeed feed) throws FeedException, InterruptedException {
        await(List.of(send(Keys.feed(feed.getName()), null)), feed.getName());
        forgetChunks(feed);
    }

    private void forgetChunks(IntelFeed feed) throws FeedException, InterruptedException {
        List<Future<?>> sent = new ArrayList<>();
        for (int i = 0; i < feed.getChunks(); i++) {
            sent.add(send(Keys.chunk(feed.getName(), feed.getSlot(), i), null));
        }
        await(sent, feed.getName());
    }

    private void write(Map<String, byte[]> records) throws FeedException, InterruptedException {
        List<Future<?>> sent = new ArrayList<>();
        records.forEach((key, value) -> sent.add(send(key, value)));
        await(sent, records.keySet().toString());
    }

    private Future<?> send(String key, byte[] value) {
        return producer.send(new ProducerRecord<>(Topics.INTEL, Keys.bytes(key), value));
    }

    private void await(List<Future<?>> sent, String what) throws FeedException, InterruptedException {
        producer.flush();
        for (Future<?> one : sent) {
            try {
                one.get();
            } catch (ExecutionException e) {
                throw new FeedException("Kafka did not take feed " + what + ": " + e.getCause().getMessage(), e);
            }
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
