package io.kubeguardian.collector.ship;

import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.EventBatch;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.function.Consumer;

/**
 * What Kafka has not acknowledged, bounded in bytes: records that wait here, and those that the producer has. When there
 * is no room, bulk events are given up first: those of the newcomer, then of the batches that wait, the oldest first;
 * precious ones only when nothing else is left, the newest first. Beside them there is room for one record of which only
 * the newest counts; it goes first, one at a time. Thread safe.
 */
final class Backlog {
    /** Events that were given up to stay within the bound. */
    interface Shed {
        void shed(int precious, int bulk);
    }

    private static final long HURRIED_MILLIS = 50;

    private final AvroCodec<EventBatch> codec;
    private final Shed shed;
    private final long waitingLimit;
    private final long windowLimit;
    private final SequencedSet<Outgoing> waiting = new LinkedHashSet<>();
    /** Those of them that have bulk events, in the same order. */
    private final SequencedSet<Outgoing> sheddable = new LinkedHashSet<>();
    private long waitingBytes;
    private Outgoing newest;
    private Outgoing newestInFlight;
    private int inFlight;
    private long inFlightBytes;
    private boolean hurried;
    /** When Kafka last took something, or something came to wait when nothing did; of {@link System#nanoTime()}. */
    private long progress = System.nanoTime();

    /**
     * @param limit most bytes that wait or are under way
     * @param windowLimit most bytes of them that are under way, in the producer
     */
    Backlog(long limit, long windowLimit, AvroCodec<EventBatch> codec, Shed shed) {
        this.waitingLimit = limit - windowLimit;
        this.windowLimit = windowLimit;
        this.codec = codec;
        this.shed = shed;
    }

    /** False when there is no room for it, whatever is shed: it is not taken. */
    synchronized boolean offer(Outgoing item) {
        if (!makeRoom(item)) {
            shed.shed(item.precious(), item.bulk());
            return false;
        }
        begin();
        waiting.addLast(item);
        if (item.bulk() > 0) {
            sheddable.addLast(item);
        }
        waitingBytes += item.size();
        notifyAll();
        return true;
    }

    /** Takes the place of the newest one, unless that is under way already. */
    synchronized void offerNewest(Outgoing item) {
        begin();
        newest = item;
        notifyAll();
    }

    private void begin() {
        if (unacknowledged() == 0) {
            progress = System.nanoTime();
        }
    }

    private boolean makeRoom(Outgoing item) {
        if (fits(item)) {
            return true;
        }
        if (item.bulk() > 0) {
            if (item.precious() == 0) {
                return false;
            }
            shed.shed(0, item.removeBulk(codec));
        }
        while (!fits(item) && !sheddable.isEmpty()) {
            shedFrom(sheddable.removeFirst());
        }
        return fits(item);
    }

    private boolean fits(Outgoing item) {
        return waitingBytes + item.size() <= waitingLimit;
    }

    private void shedFrom(Outgoing item) {
        waitingBytes -= item.size();
        if (item.precious() == 0) {
            waiting.remove(item);
            shed.shed(0, item.bulk());
        } else {
            shed.shed(0, item.removeBulk(codec));
            waitingBytes += item.size();
        }
    }

    /**
     * The next record, which counts as under way until {@link #done} or {@link #putBack}; null when none may be sent for
     * so long.
     */
    synchronized Outgoing take(long millis) throws InterruptedException {
        long deadline = System.nanoTime() + millis * 1_000_000;
        while (!newestIsDue() && !nextIsDue()) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return null;
            }
            wait(hurried ? Math.min(left, HURRIED_MILLIS) : left);
            if (hurried && !newestIsDue() && !nextIsDue()) {
                return null;
            }
        }
        if (newestIsDue()) {
            newestInFlight = newest;
            newest = null;
            return newestInFlight;
        }
        Outgoing item = waiting.removeFirst();
        sheddable.remove(item);
        waitingBytes -= item.size();
        inFlight++;
        inFlightBytes += item.size();
        return item;
    }

    private boolean newestIsDue() {
        return newest != null && newestInFlight == null;
    }

    private boolean nextIsDue() {
        return !waiting.isEmpty() && (inFlight == 0 || inFlightBytes + waiting.getFirst().size() <= windowLimit);
    }

    /** The end is near: from now on nobody waits long for the next record. */
    synchronized void hurry() {
        hurried = true;
        notifyAll();
    }

    /** The producer did not take it: it waits again, as the first. */
    synchronized void putBack(Outgoing item) {
        inFlight--;
        inFlightBytes -= item.size();
        waiting.addFirst(item);
        if (item.bulk() > 0) {
            sheddable.addFirst(item);
        }
        waitingBytes += item.size();
    }

    /** Kafka has it, or it is given up. */
    synchronized void done(Outgoing item, boolean acknowledged) {
        if (item == newestInFlight) {
            newestInFlight = null;
        } else {
            inFlight--;
            inFlightBytes -= item.size();
        }
        if (acknowledged) {
            progress = System.nanoTime();
        }
        if (newestIsDue() || nextIsDue()) { // else there is nothing to wake anybody for
            notifyAll();
        }
    }

    /** Nothing waits; something may be under way. */
    synchronized boolean isEmpty() {
        return waiting.isEmpty() && newest == null;
    }

    /** Gives up all that waits. */
    synchronized void clear(Consumer<Outgoing> givenUp) {
        waiting.forEach(givenUp);
        waiting.clear();
        sheddable.clear();
        waitingBytes = 0;
        newest = null;
    }

    synchronized int waiting() {
        return waiting.size();
    }

    synchronized BacklogStatus status() {
        return new BacklogStatus(waiting.size(), waitingBytes, inFlight, inFlightBytes, waitingLimit + windowLimit,
                stalledNanos());
    }

    /** For how long Kafka has taken nothing though there was something to take, nanoseconds. */
    synchronized long stalledNanos() {
        return unacknowledged() == 0 ? 0 : System.nanoTime() - progress;
    }

    private int unacknowledged() {
        return waiting.size() + inFlight + (newest == null ? 0 : 1) + (newestInFlight == null ? 0 : 1);
    }
}
