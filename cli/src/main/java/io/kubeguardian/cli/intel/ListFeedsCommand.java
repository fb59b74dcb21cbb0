package io.kubeguardian.cli.intel;

import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.stack.KafkaOption;
import io.kubeguardian.schema.IntelFeed;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kubeguardian intel list}: what jobs match against. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "Lists the feeds that are in force: indicators, age, end, source, digest.")
final class ListFeedsCommand implements Callable<Integer> {
    /** How a result is printed. */
    enum Format { table, json }

    @Mixin
    private KafkaOption kafka;

    @Option(names = "--format", defaultValue = "table", paramLabel = "FORMAT",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private Format format;

    @Override
    public Integer call() throws Exception {
        Map<String, Object> client = kafka.client();
        Map<String, IntelFeed> feeds =
                Interrupted.onSignal(() -> KafkaOption.using(client, () -> PublishedFeeds.read(client)));
        long now = System.currentTimeMillis() * 1_000_000;
        if (format == Format.json) {
            System.out.println(Texts.json(feeds.values().stream().map(feed -> json(feed, now)).toList()));
            return 0;
        }
        System.out.printf("%-24s %10s %-10s %-22s %s%n", "FEED", "INDICATORS", "FETCHED", "UNTIL", "SOURCE");
        for (IntelFeed feed : feeds.values()) {
            System.out.printf("%-24s %10d %-10s %-22s %s%n", Texts.line(feed.getName()), feed.getIndicators(),
                    PublishedFeeds.since(feed.getFetched(), now), until(feed, now), Texts.line(feed.getSource()));
        }
        return 0;
    }

    private static String until(IntelFeed feed, long now) {
        return feed.getExpires() == 0 ? "" : feed.getExpires() <= now ? "expired" : instant(feed.getExpires());
    }

    private static String instant(long nanos) {
        return nanos == 0 ? "" : Instant.ofEpochSecond(nanos / 1_000_000_000L).toString();
    }

    private static Map<String, Object> json(IntelFeed feed, long now) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", feed.getName());
        fields.put("source", feed.getSource());
        fields.put("indicators", feed.getIndicators());
        fields.put("leftOut", feed.getLeftOut());
        fields.put("fetched", instant(feed.getFetched()));
        fields.put("expires", instant(feed.getExpires()));
        fields.put("expired", feed.getExpires() != 0 && feed.getExpires() <= now);
        fields.put("confidence", feed.getConfidence());
        fields.put("digest", feed.getDigest());
        fields.put("issuedBy", feed.getIssuedBy());
        return fields;
    }
}
