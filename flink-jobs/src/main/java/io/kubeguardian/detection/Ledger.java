package io.kubeguardian.detection;

import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Loss;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Accounts for a pod's batches: which came, which came twice, which are missing, what the node reported lost, and when it
 * was not watched or a collector of it ended without a word.
 * Flink POJO; part of the pod's state. Bounded: {@value #EPOCHS} collector runs, {@value #HOLES} holes each.
 */
public final class Ledger {
    static final int EPOCHS = 4;
    static final int HOLES = 64;

    public List<EpochProgress> epochs = new ArrayList<>();
    /** Events that the node lost since the pod's first batch here. */
    public long lostEvents;
    public long missingBatches;
    /** Time in which no collector ran on the node, since the pod's first batch here. */
    public long unwatchedMillis;
    /** Collectors that did not end in order since then: what each had not sent is missing, and nobody has counted it. */
    public long crashes;

    /**
     * Enters a batch.
     *
     * @param deadline event time, milliseconds, until which batches before it may still come
     * @return false when it was entered before: a repeat
     */
    boolean enter(EventBatch batch, long deadline) {
        long sequence = batch.getPodSequence();
        long lossTotal = lossTotal(batch);
        EpochProgress run = find(batch.getEpoch());
        if (run == null) {
            begin(batch, lossTotal, deadline);
            return true;
        }
        if (sequence >= run.next) {
            if (sequence > run.next) {
                addHole(run, new Hole(run.next, sequence, deadline, false));
            }
            run.next = sequence + 1;
        } else if (!fill(run, sequence)) {
            return false;
        }
        if (lossTotal > run.lossTotal) {
            lostEvents += lossTotal - run.lossTotal;
            run.lossTotal = lossTotal;
        }
        if (batch.getUnwatchedMillis() > run.unwatchedMillis) {
            unwatchedMillis += batch.getUnwatchedMillis() - run.unwatchedMillis;
            run.unwatchedMillis = batch.getUnwatchedMillis();
        }
        return true;
    }

    /** Sum of the node's loss counters. */
    static long lossTotal(EventBatch batch) {
        long total = 0;
        for (Loss loss : batch.getLosses()) {
            total += loss.getCount();
        }
        return total;
    }

    /** Counts the holes whose deadline has passed, and returns how many batches that are. */
    long expire(long now) {
        long missing = 0;
        for (EpochProgress run : epochs) {
            for (Hole hole : run.holes) {
                if (!hole.counted && hole.deadline <= now) {
                    hole.counted = true;
                    missing += hole.batches();
                }
            }
        }
        missingBatches += missing;
        return missing;
    }

    /** Event time in milliseconds of the next {@link #expire} that may count something; Long.MAX_VALUE: none. */
    long nextDeadline() {
        long next = Long.MAX_VALUE;
        for (EpochProgress run : epochs) {
            for (Hole hole : run.holes) {
                if (!hole.counted) {
                    next = Math.min(next, hole.deadline);
                }
            }
        }
        return next;
    }

    Completeness completeness() {
        return new Completeness(lostEvents == 0 && missingBatches == 0 && unwatchedMillis == 0 && crashes == 0,
                lostEvents, missingBatches);
    }

    private EpochProgress find(long epoch) {
        for (EpochProgress run : epochs) {
            if (run.epoch == epoch) {
                return run;
            }
        }
        return null;
    }

    private void begin(EventBatch batch, long lossTotal, long deadline) {
        // What came before this job first heard of the pod is not missing, and no loss of its. A collector that
        // started while the job knew the pod begins at 0 with nothing lost.
        boolean first = epochs.stream().noneMatch(run -> run.epoch < batch.getEpoch());
        EpochProgress run = new EpochProgress();
        run.epoch = batch.getEpoch();
        run.next = batch.getPodSequence() + 1;
        run.lossTotal = lossTotal;
        run.unwatchedMillis = batch.getUnwatchedMillis();
        if (batch.getPodSequence() > 0) {
            run.holes.add(new Hole(0, batch.getPodSequence(), first ? Long.MAX_VALUE : deadline, false));
        }
        if (!first) {
            lostEvents += lossTotal;
            unwatchedMillis += batch.getUnwatchedMillis();
            if (batch.getPreviousEpoch() != 0) {
                crashes++;
            }
        }
        epochs.add(run);
        if (epochs.size() > EPOCHS) {
            epochs.remove(0);
        }
    }

    private void addHole(EpochProgress run, Hole hole) {
        run.holes.add(hole);
        if (run.holes.size() > HOLES) {
            Hole oldest = run.holes.remove(0);
            if (!oldest.counted && oldest.deadline != Long.MAX_VALUE) {
                missingBatches += oldest.batches();
            }
        }
    }

    /** Takes one batch out of the hole that waits for it; false when none does. */
    private boolean fill(EpochProgress run, long sequence) {
        Iterator<Hole> holes = run.holes.iterator();
        while (holes.hasNext()) {
            Hole hole = holes.next();
            if (sequence >= hole.from && sequence < hole.to) {
                if (hole.counted) {
                    missingBatches--;
                }
                Hole after = new Hole(sequence + 1, hole.to, hole.deadline, hole.counted);
                hole.to = sequence;
                if (hole.batches() == 0) {
                    holes.remove();
                }
                if (after.batches() > 0) {
                    addHole(run, after);
                }
                return true;
            }
        }
        return false;
    }
}
