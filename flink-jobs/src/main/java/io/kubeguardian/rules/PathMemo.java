package io.kubeguardian.rules;

/**
 * What the conditions that look at nothing but a path have said of one path, so that the next open of it asks for a bit.
 * Programs open the same files over and over; most rules are about opens. Used by one thread.
 */
public final class PathMemo {
    /** Answers a condition that has not been asked about this path yet. */
    @FunctionalInterface
    public interface Condition {
        boolean test(EventView event);
    }

    private Object owner;
    private long[] known = {};
    private long[] answers = {};

    /**
     * @param conditions to whom the ids belong: after a change of the rules what others have said is void
     * @param id of the condition, from 0 on, without large holes
     */
    public boolean test(Object conditions, int id, Condition condition, EventView event) {
        int word = id >> 6;
        if (owner != conditions || word >= known.length) {
            makeRoom(conditions, word);
        }
        long bit = 1L << id;
        if ((known[word] & bit) == 0) {
            if (condition.test(event)) {
                answers[word] |= bit;
            }
            known[word] |= bit; // last: a condition that fails has said nothing
        }
        return (answers[word] & bit) != 0;
    }

    private void makeRoom(Object conditions, int word) {
        boolean same = owner == conditions;
        long[] oldKnown = known;
        long[] oldAnswers = answers;
        known = new long[Math.max(word + 1, same ? 2 * oldKnown.length : 2)];
        answers = new long[known.length];
        if (same) {
            System.arraycopy(oldKnown, 0, known, 0, oldKnown.length);
            System.arraycopy(oldAnswers, 0, answers, 0, oldAnswers.length);
        }
        owner = conditions;
    }
}
