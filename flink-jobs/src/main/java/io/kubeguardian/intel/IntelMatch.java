package io.kubeguardian.intel;

import io.kubeguardian.schema.IndicatorType;
import java.util.List;

/**
 * An indicator that was met.
 *
 * @param indicator as the feed has it
 * @param label what the feed calls it; empty: nothing
 * @param firstSeen seconds since the Unix epoch; 0: not said
 * @param lastSeen likewise
 * @param expires likewise; 0: never
 * @param confidence 0 to 100
 */
public record IntelMatch(
        IndicatorType type, String indicator, String feed, String source, String label, long firstSeen, long lastSeen,
        long expires, int confidence, List<String> techniques) {}
