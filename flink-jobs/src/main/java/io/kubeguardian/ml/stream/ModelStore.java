package io.kubeguardian.ml.stream;

import io.kubeguardian.ml.Model;
import io.kubeguardian.ml.ModelException;
import io.kubeguardian.schema.BehaviourModel;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Models that were read, by their digest: the subtasks of a JVM share them, and they go when no subtask has them. */
final class ModelStore {
    private static final int MOST = 10_000;
    private static final Map<String, WeakReference<Model>> READ = new ConcurrentHashMap<>();

    private ModelStore() {}

    /** @throws ModelException when it cannot be used */
    static Model read(BehaviourModel record, boolean onnx) throws ModelException {
        String key = record.getDigest() + onnx;
        WeakReference<Model> known = READ.get(key);
        Model model = known == null ? null : known.get();
        // The digest is the sender's word until it was checked, which read does; the same digest is the same content.
        if (model == null || !sameContent(model.record(), record)) {
            model = Model.read(record, onnx);
            if (READ.size() >= MOST) {
                READ.values().removeIf(reference -> reference.get() == null);
            }
            READ.put(key, new WeakReference<>(model));
        }
        return model;
    }

    private static boolean sameContent(BehaviourModel a, BehaviourModel b) {
        return a.getName().equals(b.getName()) && a.getWorkload().equals(b.getWorkload())
                && a.getFeatures().equals(b.getFeatures()) && a.getMembers().equals(b.getMembers())
                && a.getWindowSeconds() == b.getWindowSeconds() && a.getFeatureVersion() == b.getFeatureVersion();
    }
}
