package io.kubeguardian.detection;

/** Receives the hits of one event. */
public interface HitSink {
    void hit(Hit hit);
}
