package io.kubeguardian.benchmarks;

import io.kubeguardian.ml.Behaviour;
import io.kubeguardian.ml.ModelException;
import io.kubeguardian.ml.stream.BatchUse;
import io.kubeguardian.ml.stream.PartBuilder;
import io.kubeguardian.ml.stream.WindowPart;
import io.kubeguardian.ml.stream.Windows;
import io.kubeguardian.ml.train.Trainer;
import io.kubeguardian.ml.train.TrainingPlan;
import io.kubeguardian.schema.BehaviourModel;
import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.PodRef;
import io.kubeguardian.schema.WorkloadRef;
import java.util.ArrayList;
import java.util.List;

/** A model of behaviour with every member that can be trained, made of windows of {@link ServiceEvents} as the job counts them. */
final class ServiceModel {
    private static final int PODS = 20;
    private static final int WINDOWS = 60;
    /** A pod sends 50 in a second. */
    private static final int BATCHES_A_SECOND = 50;

    private ServiceModel() {}

    /** @param batchesEach in each window, all of one pod */
    static List<List<BatchUse>> windows(int batchesEach) {
        ServiceEvents events = new ServiceEvents(PODS, 1_790_000_000_000_000_000L);
        List<List<BatchUse>> windows = new ArrayList<>();
        for (int i = 0; i < WINDOWS; i++) {
            List<BatchUse> window = new ArrayList<>();
            for (int j = 0; j < batchesEach; j++) {
                window.add(use(events.next(i % PODS, "")));
            }
            windows.add(window);
        }
        return windows;
    }

    private static BatchUse use(EventBatch batch) {
        return new BatchUse(batch, new WorkloadRef("prod", "shop", "Deployment", "orders"),
                new PodRef(batch.getPodUid(), "shop", "orders-1", "node-1", true), new Completeness(true, 0L, 0L));
    }

    static WindowPart counted(List<BatchUse> window) {
        PartBuilder part = new PartBuilder(0);
        window.forEach(part::add);
        return part.build();
    }

    /** @param name of the model; it is for all workloads */
    static BehaviourModel train(String name, int windowSeconds, List<Behaviour> windows) throws ModelException {
        return new Trainer(new TrainingPlan(name, "", windowSeconds, 1, 3, TrainingPlan.ALL_MEMBERS, false,
                List.of("benchmark"), 0, 0, 1)).train(windows);
    }

    /** For jobs with such windows. */
    static BehaviourModel train(String name, int windowSeconds) throws ModelException {
        return train(name, windowSeconds, windows(windowSeconds * BATCHES_A_SECOND).stream()
                .map(window -> Windows.behaviour(List.of(counted(window)), windowSeconds)).toList());
    }
}
