package io.kubeguardian.detection;

import io.kubeguardian.rules.EventView;
import io.kubeguardian.rules.RuleMeter;

/** Judges single events. Used by one thread; keeps nothing of the event. */
public interface Detector {
    void evaluate(EventView event, HitSink hits);

    /** What its rules found and cost so far; null when it is not made of rules. */
    default RuleMeter meter() {
        return null;
    }
}
