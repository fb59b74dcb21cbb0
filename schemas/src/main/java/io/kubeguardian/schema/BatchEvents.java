package io.kubeguardian.schema;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.BiConsumer;

/** Reads the events of an {@link EventBatch} in the order in which they happened. */
public final class BatchEvents {
    /** Receives the events of a batch, one kind a method; what it does not override it ignores. */
    public interface Visitor {
        default void exec(Exec event) {}

        default void fork(Fork event) {}

        default void exit(Exit event) {}

        default void open(Open event) {}

        default void connect(Connect event) {}

        default void fileChange(FileChange event) {}

        default void socketCall(SocketCall event) {}

        default void dns(Dns event) {}

        default void dup(Dup event) {}

        default void call(Call event) {}

        default void syscallCounts(SyscallCounts event) {}

        default void containerChange(ContainerChange event) {}

        default void foreign(Foreign event) {}
    }

    /** The events of one kind, and how far they have been visited. */
    private static final class Cursor<T> {
        private final EventKind<T> kind;
        private final List<T> events;
        private int next;
        /** Of the next event; after the last one greater than all. */
        long time;

        Cursor(EventKind<T> kind, List<T> events) {
            this.kind = kind;
            this.events = events;
            this.time = kind.time().applyAsLong(events.get(0));
        }

        /** Null when the batch has none. */
        static <T> Cursor<T> of(EventKind<T> kind, EventBatch batch) {
            List<T> events = kind.list().apply(batch);
            return events.isEmpty() ? null : new Cursor<>(kind, events);
        }

        /** False after the last one. */
        boolean visit(Visitor visitor) {
            kind.visit().accept(visitor, events.get(next++));
            if (next == events.size()) {
                return false;
            }
            time = kind.time().applyAsLong(events.get(next));
            return true;
        }
    }

    private BatchEvents() {}

    /** Number of events of all kinds. */
    public static int count(EventBatch batch) {
        int count = 0;
        for (EventKind<?> kind : EventKind.ALL) {
            count += kind.list().apply(batch).size();
        }
        return count;
    }

    /** Takes how many events of one kind there are. */
    @FunctionalInterface
    public interface KindCounter {
        /** @param kind as the schema's record is called, first letter in lower case */
        void count(String kind, int precious, int bulk);
    }

    /** Counts the events of each kind that there is, those that the batch has none of included. */
    public static void countKinds(EventBatch batch, PreciousMask mask, KindCounter counter) {
        for (EventKind<?> kind : EventKind.ALL) {
            int events = kind.list().apply(batch).size();
            int precious = mask.precious(kind, events);
            counter.count(kind.name(), precious, events - precious);
        }
    }

    /** Names every kind that there is, as {@link #countKinds} does, with the classes that its events can be of. */
    public static void forEachKind(BiConsumer<String, EventClass> visitor) {
        for (EventKind<?> kind : EventKind.ALL) {
            visitor.accept(kind.name(), EventClass.PRECIOUS);
            if (EventKind.BULK.contains(kind)) {
                visitor.accept(kind.name(), EventClass.BULK);
            }
        }
    }

    /**
     * Takes the bulk events out of a batch, and the strings that only they referred to: those become empty, so that no
     * index changes.
     *
     * @return how many events that were
     */
    public static int removeBulk(EventBatch batch, PreciousMask mask) {
        int before = count(batch);
        EventKind.BULK.forEach(kind -> keepPrecious(kind, batch, mask));
        BitSet used = new BitSet();
        EventKind.Indexes mark = (field, index) -> used.set(index);
        for (ProcessEntry process : batch.getProcesses()) {
            used.set(process.getContainer());
            used.set(process.getComm());
        }
        EventKind.ALL.forEach(kind -> mark(kind, batch, mark));
        List<String> strings = new ArrayList<>(batch.getStrings());
        for (int i = used.nextClearBit(0); i < strings.size(); i = used.nextClearBit(i + 1)) {
            strings.set(i, "");
        }
        batch.setStrings(strings);
        return before - count(batch);
    }

    private static <T> void keepPrecious(EventKind<T> kind, EventBatch batch, PreciousMask mask) {
        kind.setList().accept(batch, mask.preciousOf(kind, kind.list().apply(batch)));
    }

    private static <T> void mark(EventKind<T> kind, EventBatch batch, EventKind.Indexes used) {
        kind.list().apply(batch).forEach(event -> kind.strings().accept(event, used));
    }

    /**
     * Visits all events by time. Each array is ordered in itself (the writer sorts); at equal times the order is that of
     * {@link EventKind#ALL}: a process exists before it acts, and its exit comes last.
     */
    public static void inOrder(EventBatch batch, Visitor visitor) {
        Cursor<?>[] cursors = new Cursor<?>[EventKind.ALL.size()];
        int active = 0;
        for (EventKind<?> kind : EventKind.ALL) {
            Cursor<?> cursor = Cursor.of(kind, batch);
            if (cursor != null) {
                cursors[active++] = cursor;
            }
        }
        while (active > 0) {
            int first = 0;
            for (int i = 1; i < active; i++) {
                if (cursors[i].time < cursors[first].time) {
                    first = i;
                }
            }
            if (!cursors[first].visit(visitor)) {
                active--;
                System.arraycopy(cursors, first + 1, cursors, first, active - first);
            }
        }
    }

    /**
     * Checks what the schema cannot say: that every index points into its table, and that lists which belong together
     * have the same length.
     *
     * @throws MalformedRecordException naming the first index that does not
     */
    public static void validate(EventBatch batch) throws MalformedRecordException {
        int strings = batch.getStrings().size();
        if (strings == 0 || !batch.getStrings().get(0).isEmpty()) {
            throw new MalformedRecordException("string 0 is not the empty string");
        }
        for (ProcessEntry process : batch.getProcesses()) {
            index("process.container", process.getContainer(), strings);
            index("process.comm", process.getComm(), strings);
        }
        for (EventKind<?> kind : EventKind.ALL) {
            validate(kind, batch);
        }
        for (SyscallCounts counts : batch.getSyscallCounts()) {
            if (counts.getCalls().size() != counts.getCounts().size()) {
                throw new MalformedRecordException("syscallCounts has " + counts.getCalls().size() + " calls and "
                        + counts.getCounts().size() + " counts");
            }
        }
        for (Foreign foreign : batch.getForeign()) {
            if (foreign.getNames().size() != foreign.getValues().size()) {
                throw new MalformedRecordException("foreign has " + foreign.getNames().size() + " names and "
                        + foreign.getValues().size() + " values");
            }
        }
    }

    private static <T> void validate(EventKind<T> kind, EventBatch batch) throws MalformedRecordException {
        List<T> events = kind.list().apply(batch);
        if (events.isEmpty()) {
            return;
        }
        int strings = batch.getStrings().size();
        int processes = batch.getProcesses().size();
        Range range = new Range(strings);
        for (T event : events) {
            if (kind.process() != null) {
                int process = kind.process().applyAsInt(event);
                if (process < 0 || process >= processes) {
                    index(kind.name() + ".process", process, processes);
                }
            }
            kind.strings().accept(event, range);
            if (range.field != null) {
                index(kind.name() + '.' + range.field, range.index, strings);
            }
        }
    }

    /** Remembers the first index that is outside. */
    private static final class Range implements EventKind.Indexes {
        private final int size;
        String field;
        int index;

        Range(int size) {
            this.size = size;
        }

        @Override
        public void index(String name, int value) {
            if ((value < 0 || value >= size) && field == null) {
                field = name;
                index = value;
            }
        }
    }

    private static void index(String field, int index, int size) throws MalformedRecordException {
        if (index < 0 || index >= size) {
            throw new MalformedRecordException(field + " is " + index + ", outside its table of " + size);
        }
    }
}
