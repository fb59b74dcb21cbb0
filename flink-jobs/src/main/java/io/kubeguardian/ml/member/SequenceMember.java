package io.kubeguardian.ml.member;

import io.kubeguardian.ml.Behaviour;
import io.kubeguardian.ml.Member;
import io.kubeguardian.ml.ModelException;
import io.kubeguardian.schema.Contribution;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How surprising the order of calls is: the mean over all calls of {@link KneserNey}'s surprise, in nats a call. What
 * travels is the corpus that it was trained on and not the counts, which are several times larger.
 */
public final class SequenceMember implements Member {
    /** The member's name in records. */
    public static final String KIND = "sequence";
    /** Most calls of the corpus; what is beyond is left out when training. */
    public static final int MOST_CALLS = 1 << 20;

    private static final int MOST_WORDS = 4096;
    private static final int MOST_ORDER = 32;
    /** Calls shown before the surprising one. */
    private static final int SHOWN = 3;
    /** As many calls of usual surprise are added to every window: one odd call alone is no odd window. */
    private static final double PRIOR_CALLS = 8;

    private final String[] words;
    private final int[][] corpus;
    private final int order;
    private final double discount;
    private final KneserNey model;
    private final Map<String, Integer> ids = new HashMap<>();
    private final double usual;

    /** @param usual nats a call in training data that was held back */
    private SequenceMember(String[] words, int[][] corpus, int order, double discount, double usual) {
        this.words = words;
        this.corpus = corpus;
        this.order = order;
        this.discount = discount;
        this.usual = usual;
        this.model = new KneserNey(corpus, words.length, order, discount);
        for (int i = 0; i < words.length; i++) {
            ids.put(words[i], i);
        }
    }

    /** @param usual nats a call in training data that was held back; 0 when that is not known yet */
    public static SequenceMember train(Collection<Behaviour> data, int order, double discount, double usual) {
        Map<String, Integer> ids = new LinkedHashMap<>();
        List<int[]> corpus = new ArrayList<>();
        int left = MOST_CALLS;
        for (Behaviour behaviour : data) {
            for (int[] sequence : behaviour.sequences()) {
                int length = Math.min(left, sequence.length);
                int[] mapped = new int[length];
                for (int i = 0; i < length; i++) {
                    String word = behaviour.names()[sequence[i]];
                    mapped[i] = ids.size() < MOST_WORDS ? ids.computeIfAbsent(word, none -> ids.size())
                            : ids.getOrDefault(word, 0);
                }
                if (length > 0) {
                    corpus.add(mapped);
                }
                left -= length;
            }
        }
        return new SequenceMember(ids.keySet().toArray(String[]::new), corpus.toArray(int[][]::new), order, discount,
                usual);
    }

    @Override
    public double raw(Input input) {
        double sum = 0;
        long calls = 0;
        for (int[] sequence : input.behaviour().sequences()) {
            for (double surprise : model.surprise(mapped(input.behaviour(), sequence))) {
                sum += surprise;
            }
            calls += sequence.length;
        }
        return calls == 0 ? Double.NaN : (sum + PRIOR_CALLS * usual) / (calls + PRIOR_CALLS);
    }

    private int[] mapped(Behaviour behaviour, int[] sequence) {
        int[] mapped = new int[sequence.length];
        for (int i = 0; i < mapped.length; i++) {
            mapped[i] = ids.getOrDefault(behaviour.names()[sequence[i]], words.length);
        }
        return mapped;
    }

    /** The calls after which something came that never, or seldom, came there. */
    @Override
    public List<Contribution> explain(Input input, int most) {
        record Place(double surprise, String name, String reason) {}

        Map<String, Place> heaviest = new HashMap<>();
        double all = 0;
        Behaviour behaviour = input.behaviour();
        for (int[] sequence : behaviour.sequences()) {
            double[] surprise = model.surprise(mapped(behaviour, sequence));
            for (int i = 0; i < sequence.length; i++) {
                all += surprise[i];
                String call = behaviour.names()[sequence[i]];
                String before = before(behaviour, sequence, i);
                String name = "sequence." + (before.isEmpty() ? "" : before.replace(' ', '>') + '>') + call;
                String reason = call + (before.isEmpty() ? " at the beginning" : " after " + before)
                        + (ids.containsKey(call) ? " is improbable: one in " + String.format(Locale.ROOT, "%.0f",
                                Math.exp(surprise[i])) : " never occurred in training");
                Place sum = heaviest.get(name);
                double until = sum == null ? 0 : sum.surprise();
                if (sum != null || heaviest.size() < MOST_WORDS) {
                    heaviest.put(name, new Place(until + surprise[i], name, reason));
                }
            }
        }
        double total = Math.max(all, 1e-9);
        return heaviest.values().stream()
                .sorted((a, b) -> Double.compare(b.surprise(), a.surprise())).limit(most)
                .map(place -> new Contribution(place.name(), String.format(Locale.ROOT, "%.1f nats", place.surprise()),
                        "", place.surprise() / total, place.reason()))
                .toList();
    }

    private static String before(Behaviour behaviour, int[] sequence, int at) {
        StringBuilder text = new StringBuilder();
        for (int i = Math.max(0, at - SHOWN); i < at; i++) {
            text.append(text.isEmpty() ? "" : " ").append(behaviour.names()[sequence[i]]);
        }
        return text.toString();
    }

    /** As {@link #read} takes it. */
    public byte[] payload() {
        return Payload.write(out -> {
            Payload.writeNumber(out, order);
            out.writeDouble(discount);
            out.writeDouble(usual);
            Payload.writeNumber(out, words.length);
            for (String word : words) {
                out.writeUTF(word);
            }
            Payload.writeNumber(out, corpus.length);
            for (int[] sequence : corpus) {
                Payload.writeNumber(out, sequence.length);
                for (int call : sequence) {
                    Payload.writeNumber(out, call);
                }
            }
        });
    }

    /** @throws ModelException when the bytes are no such member */
    public static SequenceMember read(byte[] payload) throws ModelException {
        return Payload.read(KIND, payload, in -> {
            int order = Payload.readNumber(in, "calls looked at together", MOST_ORDER);
            double discount = Payload.readFinite(in, "the discount");
            double usual = Payload.readFinite(in, "the usual surprise");
            if (order < 1 || !(discount >= 0 && discount <= 1) || usual < 0) {
                throw new ModelException("order " + order + ", discount " + discount + ", usual surprise " + usual
                        + " are no sequence member");
            }
            String[] words = new String[Payload.readNumber(in, "different calls", MOST_WORDS)];
            for (int i = 0; i < words.length; i++) {
                words[i] = in.readUTF();
            }
            int left = MOST_CALLS;
            int[][] corpus = new int[Payload.readNumber(in, "sequences", MOST_CALLS)][];
            for (int i = 0; i < corpus.length; i++) {
                int[] sequence = new int[Payload.readNumber(in, "calls", left)];
                left -= sequence.length;
                for (int j = 0; j < sequence.length; j++) {
                    sequence[j] = Payload.readNumber(in, "a call", words.length - 1);
                }
                corpus[i] = sequence;
            }
            return new SequenceMember(words, corpus, order, discount, usual);
        });
    }
}
