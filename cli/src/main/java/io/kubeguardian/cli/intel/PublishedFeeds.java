package io.kubeguardian.cli.intel;

import io.kubeguardian.cli.stack.DecodedRecords;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.IntelFeed;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** What the topic says of feeds. */
final class PublishedFeeds {
    private static final AvroCodec<IntelFeed> CODEC = AvroCodec.of(IntelFeed.class);

    private PublishedFeeds() {}

    /** By name; what cannot be read is told on standard error and left out. */
    static Map<String, IntelFeed> read(Map<String, Object> client) {
        Map<String, IntelFeed> feeds = new TreeMap<>();
        DecodedRecords.latest(client, Topics.INTEL, CODEC, Keys.FEED)
                .forEach((key, feed) -> feeds.put(key.substring(Keys.FEED.length()), feed));
        return feeds;
    }

    /** "3 min" */
    static String since(long nanos, long now) {
        Duration time = Duration.ofNanos(Math.max(0, now - nanos));
        return time.toMinutes() < 2 ? time.toSeconds() + " s" : time.toHours() < 2 ? time.toMinutes() + " min"
                : time.toDays() < 2 ? time.toHours() + " h" : time.toDays() + " d";
    }
}
