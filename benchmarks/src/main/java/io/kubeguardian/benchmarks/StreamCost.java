package io.kubeguardian.benchmarks;

import io.kubeguardian.ml.Behaviour;
import io.kubeguardian.ml.Model;
import io.kubeguardian.ml.ModelException;
import io.kubeguardian.ml.Moving;
import io.kubeguardian.ml.stream.BatchUse;
import io.kubeguardian.ml.stream.Windows;
import java.util.List;

/** What models cost the job: each event, counted into its window; and each window, scored by every member that there is. */
final class StreamCost {
    private static final int BATCHES = 20;
    private static final int WINDOW_SECONDS = 60;

    private StreamCost() {}

    static void measure(Run run) throws ModelException {
        run.progress("what models cost an event and a window");
        List<List<BatchUse>> windows = ServiceModel.windows(BATCHES);
        List<Behaviour> behaviours = windows.stream()
                .map(window -> Windows.behaviour(List.of(ServiceModel.counted(window)), WINDOW_SECONDS)).toList();
        Model model = Model.read(ServiceModel.train("cost", WINDOW_SECONDS, behaviours), false);
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

    private static double nanosPerEvent(List<List<BatchUse>> windows) {
        long begin = System.nanoTime();
        long events = 0;
        for (int i = 0; i < 20; i++) {
            for (List<BatchUse> window : windows) {
                events += ServiceModel.counted(window).events;
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
