package io.kubeguardian.cli.intel;

import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.stack.TopicContents;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.IntelFeed;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What the topic says of feeds. */
final class PublishedFeeds {
    private static final AvroCodec<IntelFeed> CODEC = AvroCodec.of(IntelFeed.class);

    private PublishedFeeds() {}

    /** By name; what cannot be read is told on standard error and left out. */
    static Map<String, IntelFeed> read(Map<String, Object> client) {
        Map<String, IntelFeed> feeds = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record : TopicContents.of(client, Topics.INTEL)) {
            String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
            if (!key.startsWith(Keys.FEED)) {
                continue;
            }
            String name = key.substring(Keys.FEED.length());
            try {
                if (record.value() == null) {
                    feeds.remove(name);
                } else {
                    feeds.put(name, CODEC.decode(record.value()));
                }
            } catch (MalformedRecordException e) {
                System.err.println("kubeguardian: " + record.topic() + " offset " + record.offset() + ": "
                        + Texts.line(e.getMessage()));
            }
        }
        return feeds;
    }

    /** "3 min" */
    static String since(long nanos, long now) {
        Duration time = Duration.ofNanos(Math.max(0, now - nanos));
        return time.toMinutes() < 2 ? time.toSeconds() + " s" : time.toHours() < 2 ? time.toMinutes() + " min"
                : time.toDays() < 2 ? time.toHours() + " h" : time.toDays() + " d";
    }
}
