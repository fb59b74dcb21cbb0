package io.kubeguardian.webhook.image;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Histogram;

/** What is counted of images and their registries. */
public final class ImageMetrics {
    /** Results: verified, rejected, unavailable (the registry is away or refuses), late (beyond the budget), invalid. */
    final Counter images;
    /** Results: hit, miss, joined (another request's lookup is awaited), busy (too many lookups), evicted. */
    final Counter cache;
    final Histogram seconds;
    /**
     * Results: another (a number that is not 0), unknown (0, a name, none, or several that differ), unpinned (a tag that is
     * not to be replaced), unavailable, late, invalid.
     */
    final Counter users;

    public ImageMetrics(CollectorRegistry registry) {
        images = Counter.build("kubeguardian_webhook_images_total", "Images that policies are about, by result.")
                .labelNames("result").register(registry);
        cache = Counter.build("kubeguardian_webhook_image_cache_total", "Lookups of images in the cache, by result.")
                .labelNames("result").register(registry);
        seconds = Histogram.build("kubeguardian_webhook_image_lookup_seconds",
                        "Time that one lookup of an image took, with its registry, seconds.")
                .buckets(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20).register(registry);
        users = Counter.build("kubeguardian_webhook_image_users_total", "Images asked for the user they run as, by result.")
                .labelNames("result").register(registry);
        for (String result : new String[] {"another", "unknown", "unpinned", "unavailable", "late", "invalid"}) {
            users.labels(result);
        }
        for (String result : new String[] {"verified", "rejected", "unavailable", "late", "invalid"}) {
            images.labels(result);
        }
        for (String result : new String[] {"hit", "miss", "joined", "busy", "evicted"}) {
            cache.labels(result);
        }
    }
}
