package io.kubeguardian.controller;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.kubeguardian.config.ControllerSettings;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Of several replicas one publishes, the holder of a Lease. Who cannot renew it stops before another may take it, and then
 * stands in line again.
 */
final class Leadership implements AutoCloseable {
    static final String LEASE = "kubeguardian-controller";
    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);

    private final KubernetesClient client;
    private final ControllerSettings settings;
    private final String identity;
    private final Runnable changed;
    private final ControllerMetrics metrics;
    private final ExecutorService executor =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().name("leader-election").daemon().factory());
    private long terms;
    private volatile long term;
    private volatile boolean closed;
    private volatile CompletableFuture<?> election;

    /** @param identity unique among the replicas: the pod's name @param changed is told when {@link #leading()} changed */
    Leadership(
            KubernetesClient client, ControllerSettings settings, String identity, Runnable changed,
            ControllerMetrics metrics) {
        this.client = client;
        this.settings = settings;
        this.identity = identity;
        this.changed = changed;
        this.metrics = metrics;
    }

    boolean leading() {
        return term != 0;
    }

    /**
     * The number of the present term of leadership; 0: another leads. Who finds another number than the last time lost it in
     * between, and another may have published.
     */
    long term() {
        return term;
    }

    void begin() {
        Duration lease = Duration.ofSeconds(settings.leaseSeconds());
        LeaderElector elector = new LeaderElector(client, new LeaderElectionConfigBuilder()
                .withName(LEASE)
                .withLeaseDuration(lease)
                .withRenewDeadline(lease.multipliedBy(2).dividedBy(3))
                .withRetryPeriod(lease.dividedBy(6))
                .withReleaseOnCancel(true)
                .withLock(new LeaseLock(settings.namespace(), LEASE, identity))
                .withLeaderCallbacks(new LeaderCallbacks(() -> set(true), () -> set(false),
                        leader -> LOG.info("leader={} self={}", leader, identity)))
                .build(), executor);
        election = elector.start();
        election.whenComplete((done, problem) -> {
            set(false);
            if (!closed) {
                LOG.warn("lease lost; standing in line again");
                CompletableFuture.delayedExecutor(lease.dividedBy(6).toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
                        .execute(() -> {
                            if (!closed) {
                                begin();
                            }
                        });
            }
        });
    }

    private synchronized void set(boolean now) {
        if (leading() != now) {
            term = now ? ++terms : 0;
            metrics.leader.set(now ? 1 : 0);
            changed.run();
        }
    }

    @Override
    public void close() {
        closed = true;
        if (election != null) {
            election.cancel(true);
        }
        executor.shutdown();
    }
}
