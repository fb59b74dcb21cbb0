package io.kubeguardian.controller;

import io.kubeguardian.config.ControllerSettings;
import io.kubeguardian.schema.Posture;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Takes back from {@code kubeguardian.posture} what admission found of workloads that are gone: nobody else sees that, as a
 * deletion makes no pods. Gone is what has had no pods in any round for {@code controller.postureSeconds}, and of which no webhook
 * has said anything for as long. A webhook says the same again after half of that time, so it tells what it lets in later anew.
 */
final class PostureSync implements AutoCloseable {
    /** Rounds within the time after which a posture is taken back. */
    private static final int LOOKS = 12;
    /** Most tombstones at once: what Kafka does not take is made again in the next round. */
    private static final int MOST_AT_ONCE = 1_000;

    private final String prefix;
    private final Duration after;
    private final LongSupplier term;
    private final Supplier<Set<String>> workloads;
    private final KeyedTopic topic;
    private final ControllerMetrics metrics;
    private final Clock clock;
    private final Loop loop;
    /** Since when a workload has had no pods, milliseconds since the Unix epoch; as many as there are postures at most. */
    private Map<String, Long> without = new HashMap<>();
    private long seenIn;

    /**
     * @param term of this replica's leadership, see {@link Leadership#term}
     * @param workloads keys of those that have pods; throws while they are not known
     */
    PostureSync(
            ControllerSettings settings, LongSupplier term, Supplier<Set<String>> workloads, KeyedTopic topic,
            ControllerMetrics metrics, Clock clock) {
        this.prefix = settings.cluster() + '/';
        this.after = Duration.ofSeconds(settings.postureSeconds());
        this.term = term;
        this.workloads = workloads;
        this.topic = topic;
        this.metrics = metrics;
        this.clock = clock;
        this.loop = new Loop("postures", after.dividedBy(LOOKS), this::round, () -> metrics.failures.labels("postures").inc());
    }

    void begin() {
        loop.begin();
    }

    boolean alive() {
        return loop.alive();
    }

    private void round() {
        long now = term.getAsLong();
        if (now == 0 || now != seenIn) {
            without.clear(); // another looked in between, or nobody did
            seenIn = now;
        }
        if (now == 0) {
            return;
        }
        Map<String, Posture> postures = KeyedTopic.decode(topic.load(key -> key.startsWith(prefix)), Posture.class);
        Set<String> alive = workloads.get(); // after the topic was read: what was told since then has a pod, or gets one
        long time = clock.millis();
        Map<String, Long> still = new HashMap<>();
        List<String> over = new ArrayList<>();
        postures.forEach((key, posture) -> {
            if (!alive.contains(key)) {
                long since = without.getOrDefault(key, time);
                still.put(key, since);
                // A webhook whose clock is far ahead keeps nothing there for ever.
                long quiet = Math.abs(time - TimeUnit.NANOSECONDS.toMillis(posture.getTime()));
                if (time - since >= after.toMillis() && quiet >= after.toMillis()) {
                    over.add(key);
                }
            }
        });
        without = still;
        for (int from = 0; from < over.size(); from += MOST_AT_ONCE) {
            takeBack(over.subList(from, Math.min(over.size(), from + MOST_AT_ONCE)), now);
        }
    }

    private void takeBack(List<String> keys, long now) {
        if (term.getAsLong() != now) {
            throw new IllegalStateException("no longer the leader");
        }
        Map<String, byte[]> tombstones = new HashMap<>();
        keys.forEach(key -> tombstones.put(key, null));
        topic.send(tombstones);
        without.keySet().removeAll(keys);
        metrics.published.labels("posture-tombstone").inc(keys.size());
    }

    @Override
    public void close() {
        loop.close();
    }
}
