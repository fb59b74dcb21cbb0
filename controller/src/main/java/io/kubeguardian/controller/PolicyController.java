package io.kubeguardian.controller;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.ControllerSettings;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.config.Parts;
import io.kubeguardian.http.ManagementServer;
import io.kubeguardian.schema.Topics;
import java.time.Clock;

/**
 * A running controller.
 *
 * <pre>
 * API server                                                       Kafka
 *   AdmissionPolicy, PolicyException, ConfigMap ─► PolicySync ─► kubeguardian.policies  (admission/…)
 *   Namespace ──────────────────────────────────►     │      ─► kubeguardian.policies  (namespace/…)
 *   status ◄──────────────────────────────────────────┘
 *   Pod, ReplicaSet, Job ───────────────────────► PodSync ───► kubeguardian.pods
 *   Pod, kubeguardian.admission-audit ──────────► SlippedSync ► kubeguardian.admission-audit, kubeguardian.posture
 *   Pod, kubeguardian.posture ──────────────────► PostureSync ► kubeguardian.posture    (what is over)
 *   Lease ◄─► Leadership: one replica of several publishes
 * </pre>
 */
final class PolicyController implements AutoCloseable {
    private final Parts parts = new Parts();
    private final Leadership leadership;
    private final PolicySync policies;
    private final PodSync pods;
    private final SlippedSync slipped;
    private final PostureSync postures;
    private final int managementPort;

    private PolicyController(KubeGuardianConfig config, KubernetesClient client, String identity, Clock clock) {
        ControllerSettings settings = config.controller();
        ControllerMetrics metrics = new ControllerMetrics();
        try {
            this.leadership = new Leadership(client, settings, identity, this::leadershipChanged, metrics);
            this.policies = parts.opened(new PolicySync(client, settings, leadership::term,
                    parts.opened(new KeyedTopic(config.kafka(), Topics.POLICIES)), metrics, clock));
            this.pods = settings.pods() ? parts.opened(new PodSync(client, settings, leadership::term,
                    parts.opened(new KeyedTopic(config.kafka(), Topics.PODS)), metrics, clock)) : null;
            this.slipped = pods == null || settings.slippedHours() == 0 ? null
                    : parts.opened(new SlippedSync(config, identity, leadership::leading, pods::all, metrics, clock));
            this.postures = pods == null || settings.postureSeconds() == 0 ? null
                    : parts.opened(new PostureSync(settings, leadership::term, pods::workloads,
                            parts.opened(new KeyedTopic(config.kafka(), Topics.POSTURE)), metrics, clock));
            this.managementPort = settings.managementPort() < 0 ? -1
                    : parts.opened(new ManagementServer("controller", "managementPort", settings.host(), settings.managementPort(),
                            new ManagementServer.Part(this::health, this::readiness, metrics.registry()))).port();
            policies.begin();
            if (pods != null) {
                pods.begin();
            }
            if (slipped != null) {
                slipped.begin();
            }
            if (postures != null) {
                postures.begin();
            }
            parts.opened(leadership).begin(); // closed first: the lease goes to the next one at once
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Starts everything and returns at once.
     *
     * @param client is the caller's to close
     * @param identity unique among replicas
     * @throws ConfigException when a setting cannot be used: ports, Kafka properties
     */
    static PolicyController start(KubeGuardianConfig config, KubernetesClient client, String identity, Clock clock) {
        return new PolicyController(config, client, identity, clock);
    }

    private void leadershipChanged() {
        policies.ring();
        if (pods != null) {
            pods.ring();
        }
    }

    int managementPort() {
        return managementPort;
    }

    boolean leading() {
        return leadership.leading();
    }

    /** Why it must be restarted; empty: it is well. */
    String health() {
        return policies.alive() && (pods == null || pods.alive()) && (slipped == null || slipped.alive())
                && (postures == null || postures.alive())
                ? "" : "a part has ended; restart it";
    }

    /** Why it cannot do its work yet, or now; empty: it does, or stands by. */
    String readiness() {
        String problem = policies.readiness();
        return problem.isEmpty() && pods != null ? pods.readiness() : problem;
    }

    /** Stops within seconds; may be called more than once. */
    @Override
    public synchronized void close() {
        parts.close();
    }
}
