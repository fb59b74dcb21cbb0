package io.kubeguardian.benchmarks;

import io.kubeguardian.ml.Behaviour;
import io.kubeguardian.ml.Model;
import io.kubeguardian.ml.ModelException;
import io.kubeguardian.ml.Ranking;
import io.kubeguardian.ml.train.Trainer;
import io.kubeguardian.ml.train.TrainingPlan;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.BehaviourModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * How well attacks are told from normal behaviour, on traces that nobody here made: the trainer sees the normal training
 * traces alone, its model goes through its record's bytes, and the stream's own scorer judges the rest. The labels are used for
 * the figures and for nothing else (protocol: docs/models.md).
 */
final class DetectionQuality implements Scenario {
    private static final double[] FALSE_ALERTS = {0.01, 0.05};
    private static final int RESAMPLES = 1000;
    private static final long[] SEEDS = {1, 2, 3};

    private final Path traces;

    /** @param traces folder with train/, normal/ and attack/; null: ADFA-LD */
    DetectionQuality(Path traces) {
        this.traces = traces;
    }

    @Override
    public String name() {
        return "detection-quality";
    }

    @Override
    public String describes() {
        return "how well models tell attacks from normal traces: ADFA-LD, or --traces DIR";
    }

    @Override
    public void measure(Run run) throws Exception {
        TraceFolders data = traces == null ? TraceFolders.adfa(adfa(run.home())) : TraceFolders.of(traces);
        run.progress("%,d traces to learn from, %,d normal and %,d attack traces to judge", data.train().size(),
                data.normal().size(), data.attacks().size());
        run.progress("equal traces within the training: %,d; normal traces that training has, too: %,d; attacks: %,d",
                data.train().size() - new HashSet<>(data.train()).size(), known(data.train(), data.normal()),
                known(data.train(), data.attacks()));
        String prefix = traces == null ? "adfa_ld" : "traces";
        long[] seeds = run.quick() ? Arrays.copyOf(SEEDS, 1) : SEEDS;
        double[][] scores = null;
        for (long seed : seeds) {
            double[][] scored = scored(run, data, seed, prefix);
            scores = scores == null ? scored : scores;
        }
        figures(run, prefix, data, scores);
        StreamCost.measure(run);
    }

    private static Path adfa(Path home) {
        String given = System.getenv("KUBEGUARDIAN_ADFA_LD");
        return given == null ? home.resolve("../shared/data/adfa-ld.zip").normalize() : Path.of(given);
    }

    private static long known(List<Behaviour> train, List<Behaviour> others) {
        Set<Behaviour> seen = new HashSet<>(train);
        return others.stream().filter(seen::contains).count();
    }

    /** Levels of the normal traces and of the attacks. */
    private static double[][] scored(Run run, TraceFolders data, long seed, String prefix) throws Exception {
        long begin = System.nanoTime();
        BehaviourModel trained;
        try {
            trained = new Trainer(TrainingPlan.ofTraces(prefix, seed, System.currentTimeMillis() * 1_000_000))
                    .train(data.train());
        } catch (ModelException e) {
            throw new UnavailableException("no model can be made of the training traces: " + e.getMessage());
        }
        run.sample("train.s", (System.nanoTime() - begin) / 1e9);
        AvroCodec<BehaviourModel> codec = AvroCodec.of(BehaviourModel.class);
        byte[] bytes = codec.encode(trained);
        run.sample("model.bytes", bytes.length);
        Model model = Model.read(codec.decode(bytes), false);
        run.progress("seed %d: %s; chosen without any attack: %s", seed, trained.getProvenance().getParameters(),
                members(trained));
        double[] normal = new double[data.normal().size()];
        double[] attacks = new double[data.attacks().size()];
        begin = System.nanoTime();
        long calls = score(model, data.normal(), normal) + score(model, data.attacks(), attacks);
        run.sample("score.ns_per_call", (System.nanoTime() - begin) / (double) calls);
        run.sample("score.us_per_trace", (System.nanoTime() - begin) / 1e3 / (normal.length + attacks.length));
        run.sample("auroc", Ranking.auroc(normal, attacks));
        run.sample("tpr_at_1", Ranking.truePositives(normal, attacks, FALSE_ALERTS[0]));
        run.sample("tpr_at_5", Ranking.truePositives(normal, attacks, FALSE_ALERTS[1]));
        return new double[][] {normal, attacks};
    }

    private static String members(BehaviourModel model) {
        Map<String, String> members = new LinkedHashMap<>();
        model.getMembers().forEach(member -> members.put(member.getKind(),
                String.format(Locale.ROOT, "weight %.0f", member.getWeight())));
        return members.toString();
    }

    private static long score(Model model, List<Behaviour> traces, double[] scores) {
        long calls = 0;
        for (int i = 0; i < scores.length; i++) {
            scores[i] = model.level(traces.get(i));
            calls += traces.get(i).totalCalls();
        }
        return calls;
    }

    private static void figures(Run run, String prefix, TraceFolders data, double[][] scores) {
        run.figure(Figure.of(prefix + ".auroc", run.median("auroc"), "0..1"));
        run.figure(Figure.of(prefix + ".tpr_at_1", run.median("tpr_at_1"), "0..1"));
        run.figure(Figure.of(prefix + ".tpr_at_5", run.median("tpr_at_5"), "0..1"));
        double[] interval = interval(scores[0], scores[1], data.episodes(), run.quick() ? RESAMPLES / 10 : RESAMPLES);
        run.figure(Figure.of(prefix + ".auroc_low", interval[0], "95 % interval"));
        run.figure(Figure.of(prefix + ".auroc_high", interval[1], "95 % interval"));
        for (double rate : FALSE_ALERTS) {
            double threshold = Ranking.threshold(scores[0], rate);
            run.figure(Figure.of(prefix + ".episode_recall_at_" + Math.round(100 * rate),
                    episodeRecall(scores[1], data.episodes(), threshold), "0..1"));
        }
        run.figure(Figure.of(prefix + ".episodes", new HashSet<>(data.episodes()).size(), "attacks"));
        run.figure(Figure.of("score.ns_per_call", run.median("score.ns_per_call"), "ns"));
        run.figure(Figure.of("score.us_per_trace", run.median("score.us_per_trace"), "us"));
        run.figure(Figure.of("train.s", run.median("train.s"), "s"));
        run.figure(Figure.of("model.bytes", run.median("model.bytes"), "bytes"));
    }

    /** Share of attacks of which at least one trace is above the threshold. */
    private static double episodeRecall(double[] attacks, List<String> episodes, double threshold) {
        Set<String> found = new HashSet<>();
        for (int i = 0; i < attacks.length; i++) {
            if (attacks[i] > threshold) {
                found.add(episodes.get(i));
            }
        }
        return found.size() / (double) new HashSet<>(episodes).size();
    }

    /** Bootstrap; attacks are drawn whole, since traces of one attack are alike. */
    private static double[] interval(double[] normal, double[] attacks, List<String> episodes, int resamples) {
        Map<String, List<Double>> byEpisode = new LinkedHashMap<>();
        for (int i = 0; i < attacks.length; i++) {
            byEpisode.computeIfAbsent(episodes.get(i), none -> new ArrayList<>()).add(attacks[i]);
        }
        List<List<Double>> all = List.copyOf(byEpisode.values());
        SplittableRandom random = new SplittableRandom(1);
        double[] areas = new double[resamples];
        for (int r = 0; r < resamples; r++) {
            double[] drawn = new double[normal.length];
            for (int i = 0; i < drawn.length; i++) {
                drawn[i] = normal[random.nextInt(normal.length)];
            }
            List<Double> drawnAttacks = new ArrayList<>();
            for (int i = 0; i < all.size(); i++) {
                drawnAttacks.addAll(all.get(random.nextInt(all.size())));
            }
            areas[r] = Ranking.auroc(drawn, drawnAttacks.stream().mapToDouble(Double::doubleValue).toArray());
        }
        Arrays.sort(areas);
        return new double[] {areas[(int) (0.025 * resamples)], areas[(int) Math.min(resamples - 1, 0.975 * resamples)]};
    }
}
