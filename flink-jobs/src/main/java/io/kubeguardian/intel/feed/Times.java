package io.kubeguardian.intel.feed;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** Times as feeds write them. */
final class Times {
    private static final long LATEST = 0xffff_ffffL;

    private Times() {}

    /**
     * Seconds since the Unix epoch of a date, a date and time (ISO 8601, with T or a space; UTC without an offset), or
     * such seconds; 0 for anything else.
     */
    static long seconds(String text) {
        if (text == null || text.length() < 8 || text.length() > 40) {
            return 0;
        }
        String iso = text.length() > 10 && text.charAt(10) == ' ' ? text.substring(0, 10) + 'T' + text.substring(11) : text;
        try {
            long seconds;
            if (iso.chars().allMatch(Character::isDigit)) {
                seconds = Long.parseLong(iso);
            } else if (iso.length() == 10) {
                seconds = LocalDate.parse(iso).atStartOfDay(ZoneOffset.UTC).toEpochSecond();
            } else if (iso.endsWith("Z") || iso.lastIndexOf('+') > 10 || iso.lastIndexOf('-') > 10) {
                seconds = OffsetDateTime.parse(iso).toEpochSecond();
            } else {
                seconds = LocalDateTime.parse(iso).toEpochSecond(ZoneOffset.UTC);
            }
            return seconds < 0 ? 0 : Math.min(LATEST, seconds);
        } catch (DateTimeException | NumberFormatException e) {
            return 0; // a fact that is not readable is not said; the indicator is good all the same
        }
    }
}
