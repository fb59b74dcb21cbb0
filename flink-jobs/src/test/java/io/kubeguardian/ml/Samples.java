package io.kubeguardian.ml;

import io.kubeguardian.ml.train.Trainer;
import io.kubeguardian.ml.train.TrainingPlan;
import io.kubeguardian.schema.BehaviourModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Windows of a made-up server: it opens, reads and answers, and now and then does housekeeping. */
public final class Samples {
    private static final List<String> SERVE = List.of("accept4", "read", "openat", "read", "close", "write", "close");
    private static final List<String> CLEAN = List.of("openat", "getdents64", "unlink", "close");

    private Samples() {}

    public static List<Behaviour> normal(int windows, long seed) {
        Random random = new Random(seed);
        List<Behaviour> all = new ArrayList<>();
        for (int i = 0; i < windows; i++) {
            all.add(window(random, i % 5 == 0));
        }
        return all;
    }

    private static Behaviour window(Random random, boolean cleans) {
        List<String> trace = new ArrayList<>();
        int rounds = 8 + random.nextInt(8);
        for (int i = 0; i < rounds; i++) {
            trace.addAll(SERVE);
            if (cleans && random.nextInt(3) == 0) {
                trace.addAll(CLEAN);
            }
        }
        return with(trace, rounds, 0.2 * random.nextDouble());
    }

    /** The server was made to run a shell that looks around and calls home. */
    public static Behaviour attack() {
        List<String> trace = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            trace.addAll(List.of("clone", "execve", "ptrace", "socket", "connect", "dup2", "dup2", "execve", "setuid"));
        }
        return with(trace, 12, 2.5);
    }

    private static Behaviour with(List<String> trace, int opens, double execs) {
        Behaviour ordered = Behaviour.ofTrace(trace);
        Map<String, Double> numbers = new HashMap<>();
        numbers.put("rate.open", Math.log1p(opens));
        numbers.put("rate.exec", execs);
        return new Behaviour(numbers, ordered.calls(), ordered.names(), ordered.sequences());
    }

    /** Of every member that can be trained, all of the same weight. */
    public static BehaviourModel model(String name, String workload, int windowSeconds) {
        return model(new TrainingPlan(name, workload, windowSeconds, 7, 3, TrainingPlan.ALL_MEMBERS, false,
                List.of("samples"), 0, 0, 1_790_000_000_000_000_000L), normal(60, 1));
    }

    static BehaviourModel model(TrainingPlan plan, List<Behaviour> data) {
        try {
            BehaviourModel model = new Trainer(plan).train(data);
            model.setVersion(1);
            return model;
        } catch (ModelException e) {
            throw new AssertionError(e);
        }
    }
}
