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
        if (read.contents().count() == 0) {
            throw new FeedException("feed " + settings.name() + ": nothing usable in " + shown(settings)
                    + (read.contents().remarks().isEmpty() ? "" : "; " + read.contents().remarks().get(0)));
        }
        FeedCompiler.Compiled compiled = FeedCompiler.compile(read.contents(), shown(settings), now());
        return new Outcome(topic.publish(compiled, before, read.etag(), read.lastModified(), issuedBy), read.contents());
    }

    /** The source without its query: there may be a key in it. */
    private static String shown(FeedSettings settings) {
        int query = settings.isHttp() ? settings.source().indexOf('?') : -1;
        return query < 0 ? settings.source() : settings.source().substring(0, query);
    }

    private static long now() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }
}
