package io.kubeguardian.detection;

import io.kubeguardian.rules.EventView;

/** Judges single events. Used by one thread; keeps nothing of the event. */
public interface Detector {
    void evaluate(EventView event, HitSink hits);
}
