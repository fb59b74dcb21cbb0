package io.kubeguardian.collector;

import io.kubeguardian.collector.attribute.CgroupTable;
import io.kubeguardian.collector.batch.LossCounters;
import io.kubeguardian.collector.batch.PodBatches;
import io.kubeguardian.collector.event.EventDecoder;
import io.kubeguardian.collector.ffm.Epoll;
import io.kubeguardian.collector.ffm.Libc;
import io.kubeguardian.collector.ring.RingReader;
import io.kubeguardian.collector.sensor.Sensor;
import io.kubeguardian.schema.EventClass;
import io.kubeguardian.schema.LossCause;

/**
 * The reader's thread: waits, empties both rings, closes the batches that are due. Events gather in the rings, not in open
 * batches: one round is one batch a pod, so a second of ordinary work wakes the reader as often as it sends batches. While
 * there are events it comes round at its own pace ({@link RoundPace}) and nothing wakes it but a ring that fills, because
 * waking a thread per event would be paid by the workload; when all is read and sent it sleeps until the next event.
 */
final class RingLoop implements Runnable {
    /** What has to be looked at even if batches may wait longer, milliseconds. */
    private static final int LONGEST_PACE = 100;
    /** Then it looks whether it shall stop. */
    private static final int IDLE_MILLIS = 100;
    private static final long HOUSEKEEPING_NANOS = 1_000_000_000L;
    /** No disk and no walk of a cgroup tree takes so long. */
    private static final long STUCK_NANOS = 30_000_000_000L;

    private final Sensor sensor;
    private final EventDecoder decoder;
    private final PodBatches batches;
    private final CgroupTable cgroups;
    private final LossCounters losses;
    private final int pace;
    private final Runnable resync;
    private final SyscallHistograms histograms;
    private long lostAtResync;
    private volatile boolean stopping;
    private volatile long ended;
    /** Of {@link System#nanoTime()}; 0: not running. */
    private volatile long lastPass;

    /**
     * @param resync called when precious events were lost: word of a cgroup may have been among them
     * @param histograms null when system calls are not counted
     */
    RingLoop(Sensor sensor, EventDecoder decoder, PodBatches batches, CgroupTable cgroups, LossCounters losses,
            int batchMillis, Runnable resync, SyscallHistograms histograms) {
        this.sensor = sensor;
        this.decoder = decoder;
        this.batches = batches;
        this.cgroups = cgroups;
        this.losses = losses;
        this.resync = resync;
        this.histograms = histograms;
        this.pace = Math.min(batchMillis, LONGEST_PACE);
    }

    @Override
    public void run() {
        try (Epoll epoll = new Epoll()) {
            epoll.addEdge(sensor.precious().fd());
            epoll.addEdge(sensor.bulk().fd());
            long nextHousekeeping = System.nanoTime();
            RoundPace rounds = new RoundPace(pace, nextHousekeeping);
            boolean quiet = false;
            while (!stopping) {
                await(epoll, quiet, rounds);
                quiet = drain() == 0 && batches.isEmpty();
                long now = System.nanoTime();
                lastPass = now;
                rounds.round(now);
                batches.flushDue(now + pace * 1_000_000L); // in the next round they would be too old
                if (now - nextHousekeeping >= 0) {
                    nextHousekeeping = now + HOUSEKEEPING_NANOS;
                    if (sensor.reader().preciousLost() != lostAtResync) {
                        lostAtResync = sensor.reader().preciousLost();
                        resync.run();
                    }
                    if (histograms != null) {
                        histograms.tick();
                    }
                    cgroups.expire(now);
                    batches.tellLosses(now, System.currentTimeMillis() * 1_000_000);
                }
            }
            lastPass = 0;
            long last = Libc.bootNanos();
            drain();
            if (histograms != null) {
                histograms.flush();
            }
            batches.flushAll();
            ended = last;
        }
    }

    private void await(Epoll epoll, boolean quiet, RoundPace rounds) {
        if (quiet) {
            sensor.reader().idle(true);
            if (isEmpty()) {
                epoll.await(IDLE_MILLIS);
            }
            sensor.reader().idle(false);
            if (isEmpty()) {
                return;
            }
        }
        epoll.await(rounds.await(System.nanoTime()));
    }

    private boolean isEmpty() {
        return sensor.precious().reader().pending() == 0 && sensor.bulk().reader().pending() == 0;
    }

    /** What is wrong with the reader, in one line; empty when nothing is. */
    String problem() {
        long last = lastPass;
        long silent = last == 0 ? 0 : System.nanoTime() - last;
        return silent < STUCK_NANOS ? "" : "the reader has not come round for " + silent / 1_000_000_000 + " s";
    }

    /** When the rings were emptied for the last time, on the boot clock; 0: not yet, or it failed before. */
    long ended() {
        return ended;
    }

    void stop() {
        stopping = true;
    }

    /**
     * Bulk events only as far as they were there before the precious ones were read: whatever a bulk event refers to (its
     * cgroup) was told in the precious ring before it, so it is known by then.
     */
    private int drain() {
        RingReader precious = sensor.precious().reader();
        RingReader bulk = sensor.bulk().reader();
        long bulkEnd = bulk.produced();
        int events = precious.drain(precious.produced(), decoder) + bulk.drain(bulkEnd, decoder);
        losses.set(EventClass.PRECIOUS, LossCause.RING_FULL, sensor.reader().preciousLost());
        losses.set(EventClass.BULK, LossCause.RING_FULL, sensor.reader().bulkLost());
        losses.set(EventClass.OTHER, LossCause.UNREADABLE, decoder.unreadable());
        return events;
    }
}
