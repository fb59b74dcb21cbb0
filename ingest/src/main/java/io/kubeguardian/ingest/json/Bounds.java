package io.kubeguardian.ingest.json;

import java.util.LinkedHashMap;
import java.util.Map;

/** Keeps what strangers write within bounds: a record too large for Kafka would never arrive. */
public final class Bounds {
    /** Fields kept that have no place of their own. */
    public static final int MOST_UNMAPPED = 64;
    private static final int LONGEST_NAME = 256;
    private static final int LONGEST_UNMAPPED = 1024;

    private Bounds() {}

    /** The text, or its beginning with "…". */
    public static String cut(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
        return text.substring(0, end) + '…';
    }

    /** At most {@code most} entries with values of at most {@code longest} characters; says how many were left out. */
    public static Map<String, String> cut(Map<String, String> fields, int most, int longest) {
        Map<String, String> kept = new LinkedHashMap<>();
        for (Map.Entry<String, String> field : fields.entrySet()) {
            if (kept.size() == most) {
                kept.put("kubeguardian.left_out", Integer.toString(fields.size() - most));
                break;
            }
            kept.put(cut(field.getKey(), LONGEST_NAME), cut(field.getValue(), longest));
        }
        return kept;
    }

    /** As many unmapped fields as are kept. */
    public static Map<String, String> unmapped(Map<String, String> fields) {
        return cut(fields, MOST_UNMAPPED, LONGEST_UNMAPPED);
    }
}
