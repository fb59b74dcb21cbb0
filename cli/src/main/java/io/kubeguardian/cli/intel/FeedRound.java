package io.kubeguardian.cli.intel;

import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.config.FeedSettings;
import io.kubeguardian.intel.feed.FeedException;
import io.kubeguardian.intel.feed.FeedRefresh;
import io.kubeguardian.intel.feed.FeedTopic;
import io.kubeguardian.schema.IntelFeed;
import java.util.Map;

/** Refreshes feeds one after the other and tells what became of each. */
final class FeedRound {
    private final Map<String, IntelFeed> published;
    private final FeedTopic topic;
    private final String issuedBy = System.getProperty("user.name", "");

    FeedRound(Map<String, IntelFeed> published, FeedTopic topic) {
        this.published = published;
        this.topic = topic;
    }

    /** Whether it worked; when not, what was in force still is. */
    boolean refresh(FeedSettings feed) {
        IntelFeed before = published.get(feed.name());
        try {
            FeedRefresh.Outcome outcome = FeedRefresh.run(feed, before, topic, issuedBy);
            published.put(feed.name(), outcome.feed());
            System.out.println(feed.name() + ": " + Texts.count(outcome.feed().getIndicators(), "indicator")
                    + (outcome.contents() == null ? ", nothing new at the source"
                            : ", " + outcome.contents().leftOut() + " left out"
                                    + (outcome.changed(before) ? "" : ", the same as before"))
                    + ", " + outcome.feed().getDigest());
            if (outcome.contents() != null) {
                outcome.contents().remarks().forEach(remark ->
                        System.err.println("kubeguardian: " + feed.name() + ": " + Texts.line(remark)));
            }
            return true;
        } catch (FeedException e) {
            System.err.println("kubeguardian: " + Texts.line(e.getMessage())
                    + (before == null ? "" : "; what was published before stays in force"));
            return false;
        } catch (InterruptedException e) {
            throw new Interrupted(e);
        }
    }
}
