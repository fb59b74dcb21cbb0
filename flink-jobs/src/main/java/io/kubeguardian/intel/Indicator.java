package io.kubeguardian.intel;

import io.kubeguardian.schema.IndicatorType;

/**
 * One indicator on its way from a feed's file to its chunks.
 *
 * @param key its bytes as in IntelChunk, without a length
 * @param firstSeen seconds since the Unix epoch; 0: not said
 * @param lastSeen likewise
 * @param expires likewise; 0: no date of its own
 * @param confidence 0 to 100; -1: none of its own
 * @param label what the feed calls it; empty: nothing
 */
public record Indicator(
        IndicatorType type, byte[] key, long firstSeen, long lastSeen, long expires, int confidence, String label) {
    /** Without facts. */
    public static Indicator of(IndicatorType type, byte[] key) {
        return new Indicator(type, key, 0, 0, 0, -1, "");
    }

    /** The same with facts. */
    public Indicator known(long first, long last, long until, int certainty, String name) {
        return new Indicator(type, key, first, last, until, certainty, name);
    }
}
