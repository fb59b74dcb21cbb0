package io.kubeguardian.benchmarks;

import io.kubeguardian.ml.Behaviour;
import io.kubeguardian.ml.Model;
import io.kubeguardian.ml.ModelException;
import io.kubeguardian.ml.Moving;
import io.kubeguardian.ml.stream.BatchUse;
import io.kubeguardian.ml.stream.PartBuilder;
import io.kubeguardian.ml.stream.Windows;
import io.kubeguardian.ml.train.Trainer;
import io.kubeguardian.ml.train.TrainingPlan;
import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.PodRef;
import io.kubeguardian.schema.WorkloadRef;
import java.util.ArrayList;
import java.util.List;

/** What models cost the job: each event, counted into its window; and each window, scored by every member that there is. */
final class StreamCost {
    private static final int PODS = 20;
    private static final int WINDOWS = 60;
    private static final int BATCHES = 20;
    private static final int WINDOW_SECONDS = 60;

    private StreamCost() {}

    static void measure(Run run) throws ModelException {
        run.progress("what models cost an event and a window");
        ServiceEvents events = new ServiceEvents(PODS, 1_790_000_000_000_000_000L);
        List<List<BatchUse>> windows = new ArrayList<>();
        for (int i = 0; i < WINDOWS; i++) {
            List<BatchUse> window = new ArrayList<>();
            for (int j = 0; j < BATCHES; j++) {
                window.add(use(events.next(i % PODS, "")));
            }
            windows.add(window);
        }
        List<Behaviour> behaviours = windows.stream().map(StreamCost::behaviour).toList();
        Model model = Model.read(new Trainer(new TrainingPlan("cost", "", WINDOW_SECONDS, 1, 3, TrainingPlan.ALL_MEMBERS,
                false, List.of("benchmark"), 0, 0, 1)).train(behaviours), false);
        int rounds = run.quick() ? 3 : 9;
        for (int round = 0; round < rounds; round++) {
            double event = nanosPerEvent(windows);
            double window = nanosPerWindow(model, behaviours);
            if (round >= rounds / 3) { // before that it is compiled
                run.sample("stream.ns_per_event", event);
                run.sample("stream.us_per_window", window / 1000);
            }
        }
        run.figure(Figure.of("stream.ns_per_event", run.median("stream.ns_per_event"), "ns"));
        run.figure(Figure.of("stream.us_per_window", run.median("stream.us_per_window"), "us"));
    }

    private static BatchUse use(EventBatch batch) {
        return new BatchUse(batch, new WorkloadRef("prod", "shop", "Deployment", "orders"),
                new PodRef(batch.getPodUid(), "shop", "orders-1", "node-1", true), new Completeness(true, 0L, 0L));
    }

    private static Behaviour behaviour(List<BatchUse> window) {
        PartBuilder part = new PartBuilder(0);
        window.forEach(part::add);
        return Windows.behaviour(List.of(part.build()), WINDOW_SECONDS);
    }

    private static double nanosPerEvent(List<List<BatchUse>> windows) {
        long begin = System.nanoTime();
        long events = 0;
        for (int i = 0; i < 20; i++) {
            for (List<BatchUse> window : windows) {
                PartBuilder part = new PartBuilder(0);
                window.forEach(part::add);
                events += part.build().events;
            }
        }
        return (System.nanoTime() - begin) / (double) events;
    }

    private static double nanosPerWindow(Model model, List<Behaviour> behaviours) {
        Moving moving = new Moving();
        long begin = System.nanoTime();
        double sum = 0;
        for (Behaviour behaviour : behaviours) {
            sum += model.score(behaviour, moving).level();
            model.learn(behaviour, moving);
        }
        double nanos = (System.nanoTime() - begin) / (double) behaviours.size();
        if (Double.isNaN(sum)) {
            throw new IllegalStateException("a window has no score");
        }
        return nanos;
    }
}
