package io.kubeguardian.baseline;

import io.kubeguardian.baseline.observe.Shape;
import io.kubeguardian.config.DetectionSettings;
import io.kubeguardian.schema.ProcessRef;
import io.kubeguardian.schema.ProfileEvent;
import io.kubeguardian.schema.ProfilePhase;
import io.kubeguardian.schema.Signal;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.util.Collector;

/** Takes observations into a workload's baselines: each item is known, learned, or a drift. */
final class Judgement {
    /** Of a program that is a drift, or was accepted as one, they say nothing more: whatever it does is new. */
    private static final Set<ItemKind> IMPLIED = EnumSet.of(ItemKind.PARENT, ItemKind.ARGS, ItemKind.FILE);
    /** Pods that were announced to the fleet's count of late, and how long that holds, nanoseconds. */
    private static final int ANNOUNCED = 8192;
    private static final long ANNOUNCE_AGAIN = 24L * 3600 * 1_000_000_000L;

    private final WorkloadStore store;
    private final Baseline baseline;
    private final Publisher publisher;
    private final int limit;
    private final long silenceNanos;
    private final Counter learned;
    private final Counter drift;
    private final Counter repeats;
    private final Counter implied;
    private final Counter overflow;
    private final Shape shape = new Shape();
    private final Map<Long, Long> announced = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
            return size() > ANNOUNCED;
        }
    };

    /** Of the current key: when the next of its learning images is ready, nanoseconds; 0: none learns. */
    private long readyAt;
    /** The first drift that was told of the current key, event time in nanoseconds; 0: none. */
    private long toldSince;

    Judgement(
            WorkloadStore store, Baseline baseline, Publisher publisher, DetectionSettings settings, long silenceNanos,
            MetricGroup metrics) {
        this.store = store;
        this.baseline = baseline;
        this.publisher = publisher;
        this.limit = settings.baselineLimit();
        this.silenceNanos = silenceNanos;
        learned = metrics.counter("learned");
        drift = metrics.counter("drift");
        repeats = metrics.counter("repeatsHeldBack");
        implied = metrics.counter("implied");
        overflow = metrics.counter("overflow");
    }

    boolean learns() {
        return readyAt != 0;
    }

    long readyAt() {
        return readyAt;
    }

    long toldSince() {
        return toldSince;
    }

    /** What was said of the current key is over. */
    void end() {
        readyAt = 0;
        toldSince = 0;
    }

    void take(Observation observation, WorkloadBaseline workload, Collector<Sighting> out) throws Exception {
        Map<String, ImageBaseline> images = new HashMap<>();
        for (ObservedItem item : observation.items) {
            ItemKind kind = ItemKind.of(item.kind);
            ImageBaseline image = image(workload, images, item.image, item.imageName, item.time);
            if (item.first) {
                announce(observation, image, item.time, out);
            }
            take(observation, item, kind, workload, image, out);
        }
        for (ObservedCalls calls : observation.calls) {
            take(observation, calls, workload, image(workload, images, calls.image, calls.imageName, calls.from), out);
        }
        for (ImageBaseline image : images.values()) {
            store.put(image);
            plan(image);
        }
    }

    private void plan(ImageBaseline image) {
        if (image.phase() == ProfilePhase.LEARNING && image.firstEvent != 0) {
            long at = baseline.readyAt(image);
            readyAt = readyAt == 0 ? at : Math.min(readyAt, at);
        }
    }

    /** Whether time alone has made a baseline ready. @param time event time that the watermark has passed, nanoseconds */
    void look(WorkloadBaseline workload, long time) throws Exception {
        for (ImageBaseline image : store.images()) {
            if (baseline.advance(image, time)) {
                ready(workload, image);
                store.put(image);
            }
            plan(image);
        }
    }

    private ImageBaseline image(
            WorkloadBaseline workload, Map<String, ImageBaseline> images, String name, String imageName, long time)
            throws Exception {
        ImageBaseline image = images.get(name);
        if (image == null) {
            image = store.find(name, imageName);
            if (image == null) {
                image = store.create(workload, name, imageName);
                boolean inherits = !image.inheritedFrom.isEmpty();
                if (workload.frozen && inherits) {
                    PolicyApplication.freeze(image, time - 1);
                }
                publisher.changed(workload, image, inherits ? ProfileEvent.INHERITED : ProfileEvent.LEARNING, time,
                        inherits ? "starts from the profile of " + image.inheritedFrom : "first seen");
            }
            images.put(name, image);
        }
        boolean isStale = image.staleSince != 0
                || image.readySince != 0 && !workload.frozen && time > baseline.staleAt(image);
        if (isStale) {
            Baseline.learnAnew(image, time);
            publisher.changed(workload, image, ProfileEvent.LEARNING, time, "seen again after it was stale");
        }
        baseline.seen(image, time);
        if (baseline.advance(image, time)) {
            ready(workload, image);
        }
        return image;
    }

    private void ready(WorkloadBaseline workload, ImageBaseline image) throws Exception {
        publisher.changed(workload, image, ProfileEvent.READY, image.readySince,
                image.learned.values().stream().mapToInt(Integer::intValue).sum() + " items");
    }

    private void announce(Observation observation, ImageBaseline image, long time, Collector<Sighting> out) {
        long pod = PodSet.hash(observation.pod.getUid());
        long key = pod * 31 + PodSet.hash(observation.key + image.image);
        Long before = announced.get(key);
        if (before == null || Math.abs(time - before) > ANNOUNCE_AGAIN) {
            announced.put(key, time);
            PodSeen seen = new PodSeen();
            seen.workload = observation.key;
            seen.image = image.image;
            seen.pod = pod;
            seen.time = time;
            publisher.pod(seen);
        }
    }

    private void take(
            Observation observation, ObservedItem item, ItemKind kind, WorkloadBaseline workload, ImageBaseline image,
            Collector<Sighting> out)
            throws Exception {
        if (store.items.seen(image, kind, item)) {
            if (item.first) {
                out.collect(sighting(observation, item, image, null));
            }
        } else if (baseline.judges(image, item.time)) {
            judge(observation, item, kind, workload, image, out);
        } else {
            learn(observation, item, kind, workload, image, out);
        }
    }

    private void learn(
            Observation observation, ObservedItem item, ItemKind kind, WorkloadBaseline workload, ImageBaseline image,
            Collector<Sighting> out)
            throws Exception {
        switch (store.items.learn(image, kind, item)) {
            case SATURATED -> {
                overflow.inc();
                if (image.saturated.get(kind.word()) == 1) {
                    out.collect(sighting(observation, item, image,
                            DriftSignals.saturated(observation, item, kind, image, limit)));
                    publisher.changed(workload, image, ProfileEvent.SATURATED, item.time, kind.word());
                }
                return;
            }
            case COLLAPSED -> publisher.audit(workload, image, ProfileEvent.COLLAPSED, item.time,
                    kind.word() + ' ' + Patterns.wider(kind, item.item));
            default -> { }
        }
        learned.inc();
        baseline.learned(image, item.time);
        publisher.changed(image);
        out.collect(sighting(observation, item, image, null));
    }

    private void judge(
            Observation observation, ObservedItem item, ItemKind kind, WorkloadBaseline workload, ImageBaseline image,
            Collector<Sighting> out)
            throws Exception {
        ProcessRef process = item.process < 0 ? null : observation.processes.get(item.process).process;
        String exe = process == null ? "" : process.getExe();
        if (IMPLIED.contains(kind) && image.learned.containsKey(ItemKind.EXEC.word())
                && !store.items.isLearned(image, ItemKind.EXEC, shape.path(exe).toString())) {
            implied.inc();
            return;
        }
        String name = kind.word() + '|' + item.item;
        String drifting = name + '|' + observation.pod.getUid() + '|' + exe;
        Long before = store.told.get(drifting);
        if (before != null && item.time - before < silenceNanos) {
            repeats.inc();
            return;
        }
        switch (baseline.drift(workload, image, kind)) {
            case DRIFT -> {
                drift.inc();
                store.told.put(drifting, item.time);
                toldSince = toldSince == 0 ? item.time : Math.min(toldSince, item.time);
                long since = remember(name, observation, item, image, exe);
                publisher.changed(image);
                out.collect(sighting(observation, item, image,
                        DriftSignals.drift(observation, item, kind, image, since)));
            }
            case TOO_MANY -> {
                overflow.inc();
                toldSince = toldSince == 0 ? item.time : toldSince;
                out.collect(sighting(observation, item, image, DriftSignals.tooMany(
                        observation, item, kind, image, limit, silenceNanos / 1_000_000_000L)));
            }
            default -> overflow.inc();
        }
    }

    private long remember(
            String name, Observation observation, ObservedItem item, ImageBaseline image, String exe) throws Exception {
        DriftState state = store.drift(name);
        if (state == null) {
            state = new DriftState();
            state.firstSeen = item.time;
        }
        state.firstSeen = Math.min(state.firstSeen, item.time);
        state.lastSeen = Math.max(state.lastSeen, item.time);
        state.told++;
        state.image = image.image;
        state.podUid = observation.pod.getUid();
        state.program = exe;
        store.put(name, state);
        return state.firstSeen;
    }

    private void take(
            Observation observation, ObservedCalls calls, WorkloadBaseline workload, ImageBaseline image,
            Collector<Sighting> out)
            throws Exception {
        SyscallHistogram histogram = store.syscalls(image);
        boolean judges = baseline.judges(image, calls.from);
        for (int i = 0; i < calls.counts.length; i++) {
            String name = calls.names.get(i);
            boolean known = histogram.counts.containsKey(name);
            if (known || !judges) {
                if (histogram.add(name, calls.counts[i]) && !known) {
                    learned.inc();
                    baseline.learned(image, calls.from);
                    publisher.changed(image);
                }
                continue;
            }
            judge(observation, calls.call(name), ItemKind.SYSCALL, workload, image, out);
        }
        store.put(image, histogram);
    }

    private static Sighting sighting(Observation observation, ObservedItem item, ImageBaseline image, Signal signal) {
        Sighting sighting = new Sighting();
        sighting.item = item.kind + '|' + item.item;
        sighting.workload = observation.key;
        sighting.image = image.image;
        sighting.pod = PodSet.hash(observation.pod.getUid());
        sighting.time = item.time;
        sighting.signal = signal;
        return sighting;
    }
}
