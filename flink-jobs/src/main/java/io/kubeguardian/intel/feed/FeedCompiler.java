package io.kubeguardian.intel.feed;

import io.kubeguardian.config.FeedSettings;
import io.kubeguardian.intel.FeedDigest;
import io.kubeguardian.intel.Indicator;
import io.kubeguardian.schema.Ids;
import io.kubeguardian.schema.IndicatorFacts;
import io.kubeguardian.schema.IndicatorType;
import io.kubeguardian.schema.IntelChunk;
import io.kubeguardian.schema.IntelFeed;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/** From what was read of a feed to the records that jobs take it from. */
public final class FeedCompiler {
    private static final int MOST_IN_A_CHUNK = 16_384;
    private static final int MOST_CHUNK_BYTES = 384 << 10;
    /** Most names that indicators are called by; further ones go without. */
    private static final int MOST_LABELS = 4_096;
    private static final int LONGEST_LABEL = 120;

    /** @param chunks with number and generation, without the feed's slot, which is in their keys */
    public record Compiled(IntelFeed feed, List<IntelChunk> chunks) {}

    private FeedCompiler() {}

    /**
     * @param source what alerts say of where it came from
     * @param now nanoseconds since the Unix epoch: the generation, and the time of the fetch
     */
    public static Compiled compile(FeedContents contents, String source, long now) {
        Map<String, Integer> labels = new LinkedHashMap<>(Map.of("", 0));
        List<IntelChunk> chunks = new ArrayList<>();
        int count = 0;
        for (Map.Entry<IndicatorType, List<Indicator>> type : contents.sorted().entrySet()) {
            List<Indicator> all = type.getValue();
            count += all.size();
            for (int from = 0; from < all.size(); ) {
                int to = from;
                int bytes = 0;
                while (to < all.size() && to - from < MOST_IN_A_CHUNK && bytes < MOST_CHUNK_BYTES) {
                    bytes += length(type.getKey(), all.get(to++));
                }
                chunks.add(chunk(contents.settings().name(), now, chunks.size(), type.getKey(), all.subList(from, to), bytes,
                        labels));
                from = to;
            }
        }
        long expire = contents.settings().expireSeconds();
        IntelFeed feed = IntelFeed.newBuilder().setName(contents.settings().name()).setSource(source).setGeneration(now)
                .setSlot(0).setChunks(chunks.size()).setIndicators(count).setDigest(FeedDigest.of(chunks)).setFetched(now)
                .setExpires(expire == 0 ? 0 : now + expire * 1_000_000_000L)
                .setConfidence(contents.settings().confidence()).setSubdomains(contents.settings().subdomains())
                .setTechniques(contents.settings().techniques()).setLabels(List.copyOf(labels.keySet()))
                .setLeftOut(contents.leftOut()).setSettings(settings(contents.settings())).build();
        return new Compiled(feed, chunks);
    }

    /** What stands for the settings of a feed: with others the same source may give other indicators. */
    static String settings(FeedSettings settings) {
        return Ids.of("feed-settings", settings);
    }

    private static boolean isText(IndicatorType type) {
        return type == IndicatorType.DOMAIN || type == IndicatorType.PATH || type == IndicatorType.NAME;
    }

    private static int length(IndicatorType type, Indicator indicator) {
        return indicator.key().length + (isText(type) ? 2 : 0);
    }

    private static IntelChunk chunk(
            String feed, long generation, int number, IndicatorType type, List<Indicator> some, int bytes,
            Map<String, Integer> labels) {
        ByteBuffer values = ByteBuffer.allocate(bytes);
        for (Indicator indicator : some) {
            if (isText(type)) {
                values.putShort((short) indicator.key().length);
            }
            values.put(indicator.key());
        }
        IndicatorFacts facts = new IndicatorFacts(longs(some, Indicator::firstSeen), longs(some, Indicator::lastSeen),
                longs(some, Indicator::expires),
                // -1, where others of the chunk have one: the reader adds one, and 0 is its word for none
                some.stream().anyMatch(i -> i.confidence() >= 0) ? ints(some, Indicator::confidence) : List.of(),
                ints(some, indicator -> label(indicator.label(), labels)));
        return new IntelChunk(feed, generation, number, type, some.size(), values.flip(), facts);
    }

    private static int label(String label, Map<String, Integer> labels) {
        String text = FeedContents.shown(label.length() > LONGEST_LABEL ? label.substring(0, LONGEST_LABEL) : label);
        Integer known = labels.get(text);
        if (known == null && labels.size() < MOST_LABELS) {
            known = labels.size();
            labels.put(text, known);
        }
        return known == null ? 0 : known;
    }

    private static List<Long> longs(List<Indicator> some, ToLongFunction<Indicator> fact) {
        long first = fact.applyAsLong(some.get(0));
        if (some.stream().allMatch(indicator -> fact.applyAsLong(indicator) == first)) {
            return first == 0 ? List.of() : List.of(first);
        }
        return some.stream().mapToLong(fact).boxed().toList();
    }

    private static List<Integer> ints(List<Indicator> some, ToIntFunction<Indicator> fact) {
        List<Integer> all = some.stream().map(fact::applyAsInt).toList();
        return all.stream().allMatch(all.get(0)::equals) ? all.subList(0, 1) : all;
    }
}
