package io.kubeguardian.intel;

import io.kubeguardian.detection.HitSink;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks about what the events of a batch name: each distinct address, name, program and hash once, by its place in the
 * batch's table of strings. One object for all batches of a subtask.
 */
public final class IntelMatcher {
    /** What a string is asked as. */
    private enum As { ADDRESS, DOMAIN, PROGRAM, HASH }

    private static final int KINDS = As.values().length;

    private final IntelSet.Scratch scratch = new IntelSet.Scratch();
    private final Map<Integer, List<IntelMatch>> found = new HashMap<>();
    /** By place in the table: a bit for each way in which the string was asked about. */
    private byte[] asked = {};
    private List<String> strings = List.of();
    private IntelSet set = IntelSet.EMPTY;

    /** For the events of a batch. @param table its strings; @param current what is in force */
    public void batch(List<String> table, IntelSet current) {
        set = current;
        if (set.isEmpty()) {
            return;
        }
        strings = table;
        found.clear();
        if (asked.length < table.size()) {
            asked = new byte[2 * table.size()];
        } else {
            Arrays.fill(asked, 0, table.size(), (byte) 0);
        }
    }

    /**
     * The far end of a connection.
     *
     * @param inbound it came to us: listed scanners do that to every public service
     * @param nanos time of the event
     */
    public void address(int string, boolean inbound, long nanos, HitSink hits) {
        look(As.ADDRESS, string, inbound, nanos, hits);
    }

    /** A name that was asked for or answered. */
    public void domain(int string, long nanos, HitSink hits) {
        look(As.DOMAIN, string, false, nanos, hits);
    }

    /** A program that was executed. */
    public void program(int string, long nanos, HitSink hits) {
        look(As.PROGRAM, string, false, nanos, hits);
    }

    /** A hash of a file that was executed or loaded. */
    public void hash(int string, long nanos, HitSink hits) {
        look(As.HASH, string, false, nanos, hits);
    }

    private void look(As as, int string, boolean inbound, long nanos, HitSink hits) {
        if (set.isEmpty() || string == 0) {
            return;
        }
        int bit = 1 << as.ordinal();
        if ((asked[string] & bit) == 0) {
            asked[string] |= (byte) bit;
            List<IntelMatch> matches = ask(as, strings.get(string), nanos);
            if (!matches.isEmpty()) {
                found.put(string * KINDS + as.ordinal(), matches);
            }
        }
        if (!found.isEmpty()) {
            List<IntelMatch> matches = found.get(string * KINDS + as.ordinal());
            if (matches != null) {
                hits.hit(new IntelHit(matches, strings.get(string), inbound));
            }
        }
    }

    private List<IntelMatch> ask(As as, String text, long nanos) {
        return switch (as) {
            case ADDRESS -> set.address(text, nanos, scratch);
            case DOMAIN -> set.domain(text, nanos, scratch);
            case PROGRAM -> set.program(text, nanos, scratch);
            case HASH -> set.hash(text, nanos);
        };
    }
}
