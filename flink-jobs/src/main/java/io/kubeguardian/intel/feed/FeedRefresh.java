package io.kubeguardian.intel.feed;

import io.kubeguardian.config.FeedSettings;
import io.kubeguardian.schema.IntelFeed;
import java.time.Instant;

/** One turn of one feed: fetch, read, publish. */
public final class FeedRefresh {
    /** @param contents null: nothing new at the source */
    public record Outcome(IntelFeed feed, FeedContents contents) {
        /** Whether the indicators are others than before. */
        public boolean changed(IntelFeed before) {
            return before == null || !before.getDigest().equals(feed.getDigest());
        }
    }

    private FeedRefresh() {}

    /**
     * @param before what the topic says of the feed now, or null
     * @throws FeedException when it cannot be fetched, read or published, or is empty; what was in force still is
     */
    public static Outcome run(FeedSettings settings, IntelFeed before, FeedTopic topic, String issuedBy)
            throws FeedException, InterruptedException {
        boolean same = before != null && before.getSettings().equals(FeedCompiler.settings(settings));
        FeedSource.Result read =
                FeedSource.read(settings, same ? before.getEtag() : "", same ? before.getLastModified() : "");
        if (read.contents() == null) {
            return new Outcome(topic.prolong(before, now(), settings.expireSeconds()), null);
        }
        FeedCompiler.Compiled compiled = compiled(read.contents());
        return new Outcome(topic.publish(compiled, before, read.etag(), read.lastModified(), issuedBy), read.contents());
    }

    /** What a feed has now, for use in this JVM alone. */
    public record Read(FeedContents contents, FeedCompiler.Compiled compiled) {}

    /** @throws FeedException when it cannot be fetched or read, or is empty */
    public static Read once(FeedSettings settings) throws FeedException, InterruptedException {
        FeedContents contents = FeedSource.read(settings, "", "").contents();
        return new Read(contents, compiled(contents));
    }

    private static FeedCompiler.Compiled compiled(FeedContents contents) throws FeedException {
        String source = FeedSource.shown(contents.settings().source());
        if (contents.count() == 0) {
            throw new FeedException("feed " + contents.settings().name() + ": nothing usable in " + source
                    + (contents.remarks().isEmpty() ? "" : "; " + contents.remarks().get(0)));
        }
        return FeedCompiler.compile(contents, source, now());
    }

    private static long now() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }
}
