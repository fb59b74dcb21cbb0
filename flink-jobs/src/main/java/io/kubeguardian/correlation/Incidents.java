package io.kubeguardian.correlation;

import io.kubeguardian.detection.DetectionClock;
import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.Ids;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.IncidentState;
import io.kubeguardian.schema.Signal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The life of an entity's incidents. A match opens one, or becomes part of an open one with which it shares a signal, or
 * any open one in a narrow scope: it is the same story, seen by another pattern. While it is open it takes in what belongs to it: further matches, further
 * signals of its patterns, and in a narrow scope (a process tree, a container, a pod) all that any pattern asks for.
 * News, that is a rule or a pattern that it did not have, are told at once; more of the same with the next news or after
 * {@value #UPDATE_MILLIS} ms. It closes after a time without a match and without news.
 */
final class Incidents {
    /** Where records go. */
    interface Output {
        void incident(Incident incident);
    }

    static final long UPDATE_MILLIS = 10_000;
    /** Most open incidents of an entity: the quietest closes for the next. */
    static final int MOST_OPEN = 8;

    private final DetectionClock clock;
    private final long quietMillis;
    private final CorrelationCounters counters;

    Incidents(DetectionClock clock, long quietMillis, CorrelationCounters counters) {
        this.clock = clock;
        this.quietMillis = quietMillis;
        this.counters = counters;
    }

    void matched(
            EntityState entity, Scope scope, String key, CorrelationPattern pattern, List<KeptSignal> match, long time,
            Output out) {
        List<Signal> signals = new ArrayList<>();
        match.forEach(kept -> signals.addAll(kept.signals()));
        OpenIncident open = sameStory(entity, scope, pattern, signals);
        if (open == null) {
            open = open(entity, scope.entity(key), key, pattern, signals, out);
        } else {
            grow(open, pattern, signals);
        }
        open.lastTime = Math.max(open.lastTime, time);
    }

    private static OpenIncident sameStory(
            EntityState entity, Scope scope, CorrelationPattern pattern, List<Signal> signals) {
        for (OpenIncident open : entity.open) {
            if (open.incident.getPatterns().contains(pattern.id())
                    || signals.stream().anyMatch(signal -> has(open, signal))) {
                return open;
            }
        }
        // In one pod whatever is found belongs to the story that goes on there, see relate.
        return scope.isNarrow() && !entity.open.isEmpty() ? entity.open.get(entity.open.size() - 1) : null;
    }

    private static boolean has(OpenIncident open, Signal signal) {
        for (Signal one : open.incident.getSignals()) {
            if (one.getId().equals(signal.getId())) {
                return true;
            }
        }
        return false;
    }

    private OpenIncident open(
            EntityState entity, String name, String key, CorrelationPattern pattern, List<Signal> signals, Output out) {
        if (entity.open.size() >= MOST_OPEN) {
            OpenIncident quietest = entity.open.get(0);
            for (OpenIncident open : entity.open) {
                quietest = open.lastTime < quietest.lastTime ? open : quietest;
            }
            close(quietest, out);
            entity.open.remove(quietest);
            counters.closedForRoom();
        }
        Signal first = signals.get(0);
        Signal last = signals.get(signals.size() - 1);
        OpenIncident open = new OpenIncident();
        open.incident = Incident.newBuilder()
                .setId(Ids.of("incident", pattern.id(), key, first.getId()))
                .setPattern(pattern.id()).setTitle(pattern.title()).setDescription(pattern.description())
                .setPriority(pattern.priority()).setTechniques(new ArrayList<>(pattern.techniques()))
                .setWorkload(last.getWorkload()).setPod(last.getPod())
                .setFirstEventTime(first.getEventTime()).setLastEventTime(last.getEventTime())
                .setDetectedTime(clock.nanos()).setSignals(new ArrayList<>())
                .setCompleteness(new Completeness(true, 0L, 0L))
                .setPatterns(new ArrayList<>(List.of(pattern.id()))).setEntity(name).build();
        open.steps = pattern.rules().size();
        for (Signal signal : signals) {
            add(open, signal);
        }
        open.changed = true;
        open.news = true;
        entity.open.add(open);
        counters.opened();
        return open;
    }

    private void grow(OpenIncident open, CorrelationPattern pattern, List<Signal> signals) {
        Incident incident = open.incident;
        if (!incident.getPatterns().contains(pattern.id())) {
            incident.getPatterns().add(pattern.id());
            open.news = true;
            pattern.techniques().stream().filter(technique -> !incident.getTechniques().contains(technique))
                    .forEach(incident.getTechniques()::add);
            int graver = incident.getPriority().compareTo(pattern.priority());
            if (graver > 0 || graver == 0 && pattern.rules().size() > open.steps) {
                open.steps = pattern.rules().size();
                incident.setPattern(pattern.id());
                incident.setTitle(pattern.title());
                incident.setDescription(pattern.description());
                incident.setPriority(pattern.priority());
            }
        }
        signals.stream().filter(signal -> !has(open, signal)).forEach(signal -> add(open, signal));
        open.changed = true;
    }

    private void add(OpenIncident open, Signal signal) {
        boolean isNew = open.incident.getSignals().stream().noneMatch(one -> one.getRule().equals(signal.getRule()));
        long omitted = open.incident.getSignalsOmitted();
        IncidentRecords.add(open, signal);
        boolean taken = open.incident.getSignalsOmitted() == omitted;
        counters.omitted(taken ? 0 : 1);
        open.news |= isNew && taken;
        open.changed |= taken; // that one more was only counted is told with the next revision
    }

    /**
     * Takes a signal into the incident that it belongs to, if there is one.
     *
     * @param used it completed a match, and is in already
     */
    void relate(EntityState entity, Scope scope, KeptSignal signal, Scope.Steps steps, boolean used) {
        if (used || entity.open.isEmpty()) {
            return;
        }
        for (int i = entity.open.size() - 1; i >= 0; i--) {
            OpenIncident open = entity.open.get(i);
            if (scope.isNarrow() || isOfItsPatterns(open, scope, steps)) {
                boolean before = open.news;
                open.news = false;
                for (Signal one : signal.signals()) {
                    if (!has(open, one)) {
                        add(open, one);
                    }
                }
                // More of the same does not keep it open: in a noisy pod it would never close.
                open.lastTime = open.news ? Math.max(open.lastTime, signal.time) : open.lastTime;
                open.news |= before;
                return;
            }
        }
    }

    private static boolean isOfItsPatterns(OpenIncident open, Scope scope, Scope.Steps steps) {
        for (int place : steps.patterns()) {
            if (open.incident.getPatterns().contains(scope.patterns().get(place).id())) {
                return true;
            }
        }
        return false;
    }

    /** Closes what was quiet for long enough. */
    void passTime(EntityState entity, long time, Output out) {
        for (Iterator<OpenIncident> all = entity.open.iterator(); all.hasNext(); ) {
            OpenIncident open = all.next();
            if (open.lastTime + quietMillis <= time) {
                close(open, out);
                all.remove();
            } else if (isUpdateDue(open, time)) {
                tell(open, time, out);
            }
        }
    }

    /** Tells what is news, when all that has come is looked at. */
    void tell(EntityState entity, Output out) {
        for (OpenIncident open : entity.open) {
            if (open.news) {
                tell(open, open.lastTime, out);
            }
        }
    }

    private void tell(OpenIncident open, long time, Output out) {
        emit(open, open.told == 0 ? IncidentState.OPEN : IncidentState.UPDATED, out);
        open.toldTime = time;
    }

    private void close(OpenIncident open, Output out) {
        if (open.told == 0) {
            emit(open, IncidentState.OPEN, out);
        }
        emit(open, IncidentState.CLOSED, out);
        counters.closed();
    }

    private void emit(OpenIncident open, IncidentState state, Output out) {
        out.incident(IncidentRecords.told(open, state, clock.nanos()));
        open.told++;
        open.changed = false;
        open.news = false;
    }

    private static boolean isUpdateDue(OpenIncident open, long time) {
        return open.changed && open.told > 0 && open.toldTime + UPDATE_MILLIS <= time;
    }

    /** When something is to be told or closed, milliseconds; {@link Long#MAX_VALUE}: never. */
    long nextTime(EntityState entity) {
        long next = Long.MAX_VALUE;
        for (OpenIncident open : entity.open) {
            next = Math.min(next, open.lastTime + quietMillis);
            next = open.changed && open.told > 0 ? Math.min(next, open.toldTime + UPDATE_MILLIS) : next;
        }
        return next;
    }
}
