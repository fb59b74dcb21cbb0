package io.kubeguardian.correlation;

import io.kubeguardian.schema.Incident;

/** An incident that may still grow. Flink POJO. Times are event time in milliseconds. */
public final class OpenIncident {
    public Incident incident;
    /** Of its latest match, or news: after it the time to its closing counts. */
    public long lastTime;
    /** When it was told last; meaningless before the first time. */
    public long toldTime;
    /** Revisions told. */
    public int told;
    /** It has evidence that was not told yet. */
    public boolean changed;
    /** Some of that is of a rule or pattern that it did not have. */
    public boolean news;
    /** Of the pattern that gives it its title. */
    public int steps;
    /** Characters of its signals' texts. */
    public int size;
}
