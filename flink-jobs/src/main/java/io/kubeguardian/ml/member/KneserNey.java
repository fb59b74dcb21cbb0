package io.kubeguardian.ml.member;

/**
 * How probable the next call is after the ones before it: an interpolated n-gram model with absolute discounting, whose
 * shorter contexts count in how many different longer ones a call was seen and not how often (Kneser and Ney 1995; Chen and
 * Goodman 1999, section 2.7). A loop that a trace runs ten thousand times weighs there as much as one that it runs once.
 */
final class KneserNey {
    private static final long EMPTY_CONTEXT = 0x5DEECE66DL;

    private final int order;
    private final double discount;
    private final double floor;
    private final CountTable grams = new CountTable();
    private final CountTable totals = new CountTable();
    private final CountTable types = new CountTable();

    /**
     * @param sequences of numbers from 0 to words - 1
     * @param order most calls looked at together, the one that is predicted included; from 1
     * @param discount from 0 to 1
     */
    KneserNey(int[][] sequences, int words, int order, double discount) {
        this.order = order;
        this.discount = discount;
        this.floor = 1.0 / (words + 1); // one more for everything that training did not see
        long[] contexts = new long[order];
        for (int[] sequence : sequences) {
            for (int i = 0; i < sequence.length; i++) {
                learn(sequence, i, contexts);
            }
        }
    }

    private void learn(int[] sequence, int at, long[] contexts) {
        int longest = contexts(sequence, at, contexts);
        for (int length = longest; length >= 0; length--) {
            boolean isNew = grams.increment(gram(contexts[length], sequence[at])) == 0;
            totals.increment(contexts[length]);
            if (!isNew) {
                return; // shorter contexts have counted this longer one already
            }
            types.increment(contexts[length]);
        }
    }

    /** Natural logarithm of how improbable each is, in nats. Numbers outside of the known ones are unknown calls. */
    double[] surprise(int[] sequence) {
        double[] surprise = new double[sequence.length];
        for (int i = 0; i < sequence.length; i++) {
            surprise[i] = -Math.log(probability(sequence, i));
        }
        return surprise;
    }

    private double probability(int[] sequence, int at) {
        double probability = floor;
        long context = EMPTY_CONTEXT;
        for (int length = 0; length < order && length <= at; length++) {
            if (length > 0) {
                context = mix(context, sequence[at - length]);
            }
            int total = totals.get(context);
            if (total == 0) {
                break; // nor was any longer one seen
            }
            int count = grams.get(gram(context, sequence[at]));
            probability = (Math.max(0, count - discount) + discount * types.get(context) * probability) / total;
        }
        return probability;
    }

    private int contexts(int[] sequence, int at, long[] contexts) {
        int longest = Math.min(order - 1, at);
        contexts[0] = EMPTY_CONTEXT;
        for (int length = 1; length <= longest; length++) {
            contexts[length] = mix(contexts[length - 1], sequence[at - length]);
        }
        return longest;
    }

    private static long gram(long context, int call) {
        return mix(context * 31, call);
    }

    /** Stafford's thirteenth variant of MurmurHash3's finaliser, as in SplittableRandom. */
    private static long mix(long hash, int value) {
        long mixed = (hash ^ value + 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 30) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }
}
