package io.kubeguardian.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All objects of one kind, kept up to date by an informer. It begins again after every failure, also of the first list (a
 * CustomResourceDefinition may come later), and lists anew when the API server says that a version is gone.
 */
final class Watched<T extends HasMetadata> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watched.class);
    private static final long PAGE = 500;

    private final String kind;
    private final SharedIndexInformer<T> informer;

    /** @param changed is told of each object that came, changed or went, before and after */
    Watched(
            String kind, Informable<T> objects, Map<String, Function<T, List<String>>> indexes, Change<T> changed,
            ControllerMetrics metrics) {
        this.kind = kind;
        this.informer = objects.withLimit(PAGE).runnableInformer(0);
        if (!indexes.isEmpty()) {
            informer.addIndexers(indexes);
        }
        informer.exceptionHandler((started, problem) -> {
            metrics.watchFailures.labels(kind).inc();
            LOG.warn("cannot list or watch kind={} cause=\"{}\"; trying again", kind,
                    Texts.line(String.valueOf(problem.getMessage())));
            return true;
        });
        informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(T object) {
                changed.changed(null, object);
            }

            @Override
            public void onUpdate(T before, T after) {
                changed.changed(before, after);
            }

            @Override
            public void onDelete(T object, boolean stateUnknown) {
                changed.changed(object, null);
            }
        });
    }

    /** What becomes of objects. */
    interface Change<T> {
        /** @param before null: it came @param after null: it went */
        void changed(T before, T after);
    }

    Watched<T> begin() {
        informer.start();
        return this;
    }

    boolean synced() {
        return informer.hasSynced();
    }

    String kind() {
        return kind;
    }

    List<T> all() {
        return informer.getStore().list();
    }

    /** Null where there is none. @param key {@code namespace/name}, or the name of what has no namespace */
    T get(String key) {
        return informer.getStore().getByKey(key);
    }

    List<T> indexed(String index, String value) {
        return informer.getIndexer().byIndex(index, value);
    }

    @Override
    public void close() {
        informer.stop();
    }
}
