package io.kubeguardian.cli.intel;

import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.stack.KafkaOption;
import io.kubeguardian.config.FeedSettings;
import io.kubeguardian.intel.feed.FeedTopic;
import io.kubeguardian.schema.IntelFeed;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code kubeguardian intel run}: keeps feeds fresh, until Ctrl-C. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = {
            "Fetches each feed every refreshSeconds and publishes what changed, until Ctrl-C.",
            "A feed that cannot be fetched is tried again, sooner at first; what was in force of it stays until it expires."
        })
final class RunFeedsCommand implements Callable<Integer> {
    /** The first pause after a failure; it doubles up to the feed's own interval. */
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);

    @Mixin
    private KafkaOption kafka;

    @Parameters(paramLabel = "FEED", arity = "0..*", description = "names of feeds (default: all)")
    private List<String> names;

    @Override
    public Integer call() throws Exception {
        List<FeedSettings> feeds = IntelCommand.feeds(kafka.settings(), names);
        Map<String, Object> client = kafka.client();
        return Interrupted.onSignal(() -> KafkaOption.using(client, () -> {
            Map<String, IntelFeed> published = PublishedFeeds.read(client);
            try (FeedTopic topic = new FeedTopic(client)) {
                run(feeds, new FeedRound(published, topic));
            }
            return 0;
        }), 0, "stopped"); // Ctrl-C is how this command ends
    }

    private static void run(List<FeedSettings> feeds, FeedRound round) {
        Map<String, Long> due = new HashMap<>();
        Map<String, Duration> pauses = new HashMap<>();
        while (true) {
            for (FeedSettings feed : feeds) {
                long now = System.nanoTime(); // once: the later of two readings would never be due
                if (now - due.getOrDefault(feed.name(), now) >= 0) {
                    Duration interval = Duration.ofSeconds(feed.refreshSeconds());
                    Duration pause = interval;
                    if (round.refresh(feed)) {
                        pauses.remove(feed.name());
                    } else {
                        Duration next = pauses.getOrDefault(feed.name(), FIRST_PAUSE);
                        pause = next.compareTo(interval) < 0 ? next : interval;
                        pauses.put(feed.name(), next.multipliedBy(2));
                    }
                    due.put(feed.name(), System.nanoTime() + pause.toNanos());
                }
            }
            Interrupted.sleep(Duration.ofMillis(500));
        }
    }
}
