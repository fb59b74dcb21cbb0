package io.kubeguardian.rules;

import java.util.Arrays;

/**
 * Events of one kind about which no rule had anything to say, so that the next one like it need not be evaluated: services
 * do the same again and again. Exact, as all that is compared is compared in full: no event can be made to look like another.
 * Bounded: when it is full all is forgotten. Used by one thread, for one set of rules.
 */
final class SilentEvents {
    private static final int FIRST_SIZE = 256;
    private static final int LARGEST = 1 << 16;

    /** Open addressing; four objects an entry: process, container, subject, surroundings. */
    private Object[] objects = new Object[4 * FIRST_SIZE];
    private long[] numbers = new long[2 * FIRST_SIZE];
    private int size = FIRST_SIZE;
    private int used;

    boolean contains(Likeness event) {
        int at = place(event);
        return objects[4 * at] != null;
    }

    void add(Likeness event) {
        if (2 * used >= size) {
            makeRoom();
        }
        int at = place(event);
        if (objects[4 * at] == null) {
            objects[4 * at] = event.process;
            objects[4 * at + 1] = event.container;
            objects[4 * at + 2] = event.subject;
            objects[4 * at + 3] = event.surroundings;
            numbers[2 * at] = event.first;
            numbers[2 * at + 1] = event.second;
            used++;
        }
    }

    /** Where it is, or would be. */
    private int place(Likeness event) {
        int mask = size - 1;
        int at = hash(event) & mask;
        while (objects[4 * at] != null && !isAt(event, at)) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private boolean isAt(Likeness event, int at) {
        return objects[4 * at + 2] == event.subject && objects[4 * at] == event.process
                && objects[4 * at + 1] == event.container && objects[4 * at + 3] == event.surroundings && numbers[2 * at] == event.first
                && numbers[2 * at + 1] == event.second;
    }

    private void makeRoom() {
        Object[] oldObjects = objects;
        long[] oldNumbers = numbers;
        int oldSize = size;
        used = 0;
        if (size == LARGEST) {
            Arrays.fill(objects, null);
            return;
        }
        size *= 2;
        objects = new Object[4 * size];
        numbers = new long[2 * size];
        Likeness moved = new Likeness();
        for (int i = 0; i < oldSize; i++) {
            if (oldObjects[4 * i] != null) {
                moved.of(oldObjects[4 * i], oldObjects[4 * i + 1], oldObjects[4 * i + 2], oldObjects[4 * i + 3],
                        oldNumbers[2 * i], oldNumbers[2 * i + 1]);
                add(moved);
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
