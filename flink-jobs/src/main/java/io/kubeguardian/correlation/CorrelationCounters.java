package io.kubeguardian.correlation;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** What the bounds of correlation have cost, and what it has done. */
final class CorrelationCounters {
    private final Counter thinned;
    private final Counter dropped;
    private final Counter omitted;
    private final Counter opened;
    private final Counter closed;
    private final Counter closedForRoom;

    CorrelationCounters(MetricGroup metrics) {
        thinned = metrics.counter("signalsThinned");
        dropped = metrics.counter("signalsDropped");
        omitted = metrics.counter("evidenceOmitted");
        opened = metrics.counter("incidentsOpened");
        closed = metrics.counter("incidentsClosed");
        closedForRoom = metrics.counter("incidentsClosedForRoom");
    }

    /** Signals that were not kept: their like was. */
    void thinned(int signals) {
        thinned.inc(signals);
    }

    /** Signals that were forgotten before their time, for room. */
    void dropped(int signals) {
        dropped.inc(signals);
    }

    /** Signals that an incident only counts. */
    void omitted(long signals) {
        omitted.inc(signals);
    }

    void opened() {
        opened.inc();
    }

    void closed() {
        closed.inc();
    }

    /** An incident that was closed because its entity had too many. */
    void closedForRoom() {
        closedForRoom.inc();
    }
}
