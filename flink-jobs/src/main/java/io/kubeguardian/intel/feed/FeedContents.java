package io.kubeguardian.intel.feed;

import io.kubeguardian.config.FeedSettings;
import io.kubeguardian.intel.Indicator;
import io.kubeguardian.schema.IndicatorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What was read of a feed: its usable indicators, and what was left out and why. Bounded by the feed's settings.
 */
public final class FeedContents {
    /** Most remarks that are kept; the rest is counted. */
    static final int MOST_REMARKS = 20;
    private static final int LONGEST_SHOWN = 80;

    private final FeedSettings settings;
    private final Map<IndicatorType, List<Indicator>> indicators = new EnumMap<>(IndicatorType.class);
    private final List<String> remarks = new ArrayList<>();
    private int count;
    private int leftOut;

    public FeedContents(FeedSettings settings) {
        this.settings = settings;
    }

    public FeedSettings settings() {
        return settings;
    }

    /**
     * Takes an indicator, unless it would match what it should not.
     *
     * @param where line or object, for the remark
     * @throws FeedException when there are more than the settings allow
     */
    void add(Indicator indicator, String where) throws FeedException {
        if (!settings.allowBroad() && Networks.isBroad(indicator)) {
            leaveOut(where, "a network as wide as that matches what nobody meant; allowBroad: true takes it");
            return;
        }
        if (!settings.allowPrivate() && Networks.isNotPublic(indicator)) {
            leaveOut(where, "an address that is not public matches the cluster's own traffic; allowPrivate: true takes it");
            return;
        }
        if (++count > settings.maxIndicators()) {
            throw new FeedException("feed " + settings.name() + " has more than " + settings.maxIndicators()
                    + " indicators: raise its maxIndicators, or use a narrower list");
        }
        indicators.computeIfAbsent(indicator.type(), type -> new ArrayList<>())
                .add(indicator.label().isEmpty() && !settings.label().isEmpty()
                        ? indicator.known(indicator.firstSeen(), indicator.lastSeen(), indicator.expires(),
                                indicator.confidence(), settings.label()) : indicator);
    }

    /** Counts what cannot be used, and keeps the first remarks. */
    void leaveOut(String where, String why) {
        leftOut++;
        if (remarks.size() < MOST_REMARKS) {
            remarks.add(where + ": " + why);
        }
    }

    /** Text of a feed as it may be shown: on one line, and short. */
    static String shown(String text) {
        String line = text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) + '…' : text;
        return line.chars().mapToObj(c -> Character.isISOControl(c) ? "·" : Character.toString(c))
                .reduce("", String::concat);
    }

    /** How many indicators came, the same one several times included. */
    public int count() {
        return count;
    }

    /** Lines or objects that are no usable indicator. */
    public int leftOut() {
        return leftOut;
    }

    /** Why, of the first of them. */
    public List<String> remarks() {
        return List.copyOf(remarks);
    }

    /** Sorted by their bytes, each once: of two that are the same the one that lasts longer. */
    Map<IndicatorType, List<Indicator>> sorted() {
        Map<IndicatorType, List<Indicator>> sorted = new EnumMap<>(IndicatorType.class);
        indicators.forEach((type, all) -> {
            all.sort((a, b) -> {
                int order = Arrays.compareUnsigned(a.key(), b.key());
                return order != 0 ? order : Long.compareUnsigned(b.expires() - 1, a.expires() - 1); // 0: without end
            });
            List<Indicator> once = new ArrayList<>(all.size());
            for (Indicator next : all) {
                if (once.isEmpty() || !Arrays.equals(once.get(once.size() - 1).key(), next.key())) {
                    once.add(next);
                }
            }
            sorted.put(type, once);
        });
        return sorted;
    }
}
