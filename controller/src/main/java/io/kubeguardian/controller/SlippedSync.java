package io.kubeguardian.controller;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.kubeguardian.config.ControllerSettings;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.webhook.SlippedPods;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Has the pods looked at that came into the cluster while no webhook decided: at the start, and again and again. */
final class SlippedSync implements AutoCloseable {
    private final BooleanSupplier leading;
    private final Supplier<Collection<Pod>> pods;
    private final SlippedPods slipped;
    private final ControllerMetrics metrics;
    private final Loop loop;

    /** @param pods that are in the cluster; throws while they are not known */
    SlippedSync(
            KubeGuardianConfig config, String identity, BooleanSupplier leading, Supplier<Collection<Pod>> pods,
            ControllerMetrics metrics, Clock clock) {
        ControllerSettings settings = config.controller();
        this.leading = leading;
        this.pods = pods;
        this.metrics = metrics;
        this.slipped = new SlippedPods(config.kafka(), config.webhook(), config.admission(), settings.cluster(), identity,
                Duration.ofHours(settings.slippedHours()), clock);
        this.loop = new Loop("slipped", Duration.ofSeconds(settings.resyncSeconds()), this::round,
                () -> metrics.failures.labels("slipped").inc());
    }

    void begin() {
        loop.begin();
    }

    boolean alive() {
        return loop.alive();
    }

    private void round() {
        if (leading.getAsBoolean()) {
            // Lazily: a tree lives no longer than its pod is looked at.
            Iterable<JsonNode> all = () -> pods.get().stream()
                    .map(pod -> (JsonNode) Serialization.jsonMapper().valueToTree(pod)).iterator();
            metrics.slipped.inc(slipped.look(all));
        }
    }

    @Override
    public void close() {
        loop.close();
        slipped.close();
    }
}
