package io.kubeguardian.cli.intel;

import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.cli.stack.KafkaOption;
import io.kubeguardian.intel.feed.FeedTopic;
import io.kubeguardian.schema.IntelFeed;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code kubeguardian intel remove}: takes a feed out of force. */
@Command(
        name = "remove",
        mixinStandardHelpOptions = true,
        description = "Takes a feed out of force. One that `intel run` still has in its configuration comes back.")
final class RemoveFeedCommand implements Callable<Integer> {
    @Mixin
    private KafkaOption kafka;

    @Parameters(paramLabel = "FEED", description = "its name")
    private String name;

    @Override
    public Integer call() throws Exception {
        Map<String, Object> client = kafka.client();
        return Interrupted.onSignal(() -> KafkaOption.using(client, () -> {
            Map<String, IntelFeed> feeds = PublishedFeeds.read(client);
            IntelFeed feed = feeds.get(name);
            if (feed == null) {
                throw new UserError("intel remove: no feed " + name + " is published; there are "
                        + (feeds.isEmpty() ? "none" : String.join(", ", feeds.keySet())));
            }
            try (FeedTopic topic = new FeedTopic(client)) {
                topic.remove(feed);
            }
            System.out.println("removed " + name);
            return 0;
        }));
    }
}
