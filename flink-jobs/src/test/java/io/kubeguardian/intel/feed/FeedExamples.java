package io.kubeguardian.intel.feed;

import io.kubeguardian.config.FeedFormat;
import io.kubeguardian.config.FeedKind;
import io.kubeguardian.config.FeedSettings;
import io.kubeguardian.intel.IntelSet;
import io.kubeguardian.intel.IntelSets;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Feeds for tests. */
public final class FeedExamples {
    /** Nanoseconds since the Unix epoch. */
    public static final long NOW = 1_790_000_000_000_000_000L;
    /** When the examples end. */
    public static final long FEED_EXPIRES = NOW + 604_800_000_000_000L;

    private FeedExamples() {}

    public static FeedSettings feed(FeedFormat format) {
        return feed("example", "feed.txt", format, Map.of("value", "1"), false);
    }

    public static FeedSettings feed(
            String name, String source, FeedFormat format, Map<String, String> columns, boolean all) {
        return new FeedSettings(name, source, format, FeedKind.AUTO, columns, null, null, null, null, null,
                List.of("T1071"), null, null, null, null, null, 4_000_000, all, all, null, null);
    }

    /** With a header that names its columns as the settings do. */
    public static FeedSettings csv(String... columns) {
        Map<String, String> all = new java.util.HashMap<>();
        for (String column : columns) {
            all.put(column, column);
        }
        return feed("example", "feed.csv", FeedFormat.CSV, all, false);
    }

    public static FeedContents read(FeedSettings settings, String text) throws Exception {
        FeedContents contents = new FeedContents(settings);
        FeedParser.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), "feed", contents);
        return contents;
    }

    /** A plain list in force. */
    public static IntelSet set(String list) throws Exception {
        return set(feed(FeedFormat.PLAIN), list);
    }

    public static IntelSet set(FeedSettings settings, String text) throws Exception {
        return IntelSets.of(FeedCompiler.compile(read(settings, text), settings.source(), NOW));
    }
}
