package io.kubeguardian.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Threat intelligence.
 *
 * @param feeds what {@code kubeguardian intel} fetches and publishes
 */
public record IntelSettings(@JsonProperty(defaultValue = "[]") List<FeedSettings> feeds) {
    /** Most feeds; a job takes no more. */
    private static final int MOST_FEEDS = 64;

    public IntelSettings {
        feeds = List.copyOf(feeds);
        if (feeds.size() > MOST_FEEDS) {
            throw new ConfigException("intel.feeds has " + feeds.size() + " feeds, at most " + MOST_FEEDS);
        }
        Set<String> names = new HashSet<>();
        for (FeedSettings feed : feeds) {
            if (!names.add(feed.name())) {
                throw new ConfigException("intel.feeds: two feeds are called " + feed.name());
            }
        }
    }
}
