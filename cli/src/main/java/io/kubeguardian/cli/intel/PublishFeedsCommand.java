package io.kubeguardian.cli.intel;

import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.stack.KafkaOption;
import io.kubeguardian.config.FeedSettings;
import io.kubeguardian.intel.feed.FeedTopic;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code kubeguardian intel publish}: feeds into running jobs, once. */
@Command(
        name = "publish",
        mixinStandardHelpOptions = true,
        description = {
            "Fetches feeds and puts them into force in running jobs, each whole or not at all, without a restart.",
            "Exits 2 when one cannot be used; what was in force of it still is."
        })
final class PublishFeedsCommand implements Callable<Integer> {
    @Mixin
    private KafkaOption kafka;

    @Parameters(paramLabel = "FEED", arity = "0..*", description = "names of feeds (default: all)")
    private List<String> names;

    @Override
    public Integer call() throws Exception {
        List<FeedSettings> feeds = IntelCommand.feeds(kafka.settings(), names);
        Map<String, Object> client = kafka.client();
        return Interrupted.onSignal(() -> KafkaOption.using(client, () -> {
            try (FeedTopic topic = new FeedTopic(client)) {
                FeedRound round = new FeedRound(PublishedFeeds.read(client), topic);
                boolean all = true;
                for (FeedSettings feed : feeds) {
                    all &= round.refresh(feed);
                }
                return all ? 0 : 2;
            }
        }));
    }
}
