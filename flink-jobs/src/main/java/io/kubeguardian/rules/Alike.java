package io.kubeguardian.rules;

import java.util.Arrays;

/**
 * What is known of events that are alike, so that it need not be found out again: services do the same again and again.
 * Exact, as all that is compared is compared in full: no event can be made to look like another. Bounded: when it is full
 * all is forgotten. Used by one thread, for one set of rules and one kind of event.
 */
final class Alike<V> {
    private static final int FIRST_SIZE = 256;
    private static final int LARGEST = 1 << 16;

    /** Open addressing; four objects an entry: process, container, subject, surroundings. */
    private Object[] objects = new Object[4 * FIRST_SIZE];
    private long[] numbers = new long[2 * FIRST_SIZE];
    private Object[] values = new Object[FIRST_SIZE];
    private int size = FIRST_SIZE;
    private int used;

    /** Null when nothing is known. */
    @SuppressWarnings("unchecked") // put() takes nothing else
    V get(Likeness event) {
        return (V) values[place(event)];
    }

    void put(Likeness event, V value) {
        if (2 * used >= size) {
            makeRoom();
        }
        int at = place(event);
        if (values[at] == null) {
            objects[4 * at] = event.process;
            objects[4 * at + 1] = event.container;
            objects[4 * at + 2] = event.subject;
            objects[4 * at + 3] = event.surroundings;
            numbers[2 * at] = event.first;
            numbers[2 * at + 1] = event.second;
            used++;
        }
        values[at] = value;
    }

    /** Where it is, or would be. */
    private int place(Likeness event) {
        int mask = size - 1;
        int at = hash(event) & mask;
        while (values[at] != null && !isAt(event, at)) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private boolean isAt(Likeness event, int at) {
        return objects[4 * at + 2] == event.subject && objects[4 * at] == event.process
                && objects[4 * at + 1] == event.container && objects[4 * at + 3] == event.surroundings && numbers[2 * at] == event.first
                && numbers[2 * at + 1] == event.second;
    }

    @SuppressWarnings("unchecked")
    private void makeRoom() {
        Object[] oldObjects = objects;
        long[] oldNumbers = numbers;
        Object[] oldValues = values;
        used = 0;
        if (size == LARGEST) {
            Arrays.fill(objects, null);
            Arrays.fill(values, null);
            return;
        }
        size *= 2;
        objects = new Object[4 * size];
        numbers = new long[2 * size];
        values = new Object[size];
        Likeness moved = new Likeness();
        for (int i = 0; i < oldValues.length; i++) {
            if (oldValues[i] != null) {
                moved.of(oldObjects[4 * i], oldObjects[4 * i + 1], oldObjects[4 * i + 2], oldObjects[4 * i + 3],
                        oldNumbers[2 * i], oldNumbers[2 * i + 1]);
                put(moved, (V) oldValues[i]);
            }
        }
    }

    /** By identity, which no sender of events can choose; mixed as in Murmur3's finalizer, so that low bits differ. */
    private static int hash(Likeness event) {
        long h = System.identityHashCode(event.subject);
        h = h * 0x9E3779B97F4A7C15L + System.identityHashCode(event.process);
        h = h * 0x9E3779B97F4A7C15L + System.identityHashCode(event.container);
        h = h * 0x9E3779B97F4A7C15L + event.first;
        h = h * 0x9E3779B97F4A7C15L + event.second;
        h = (h ^ h >>> 33) * 0xFF51AFD7ED558CCDL;
        return (int) (h ^ h >>> 32);
    }
}
