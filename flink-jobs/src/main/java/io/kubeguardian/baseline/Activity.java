package io.kubeguardian.baseline;

import java.util.Locale;

/** What is counted by the hour. The order is that of arrays in state: new ones go to the end. */
public enum Activity {
    EXECS, READS, WRITES, CONNECTIONS, QUESTIONS, CHANGES;

    /** How many there are: length of the arrays that are indexed by them. */
    public static final int COUNT = values().length;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
