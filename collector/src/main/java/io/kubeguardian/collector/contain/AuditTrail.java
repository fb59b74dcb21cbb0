package io.kubeguardian.collector.contain;

import io.kubeguardian.collector.batch.Origin;
import io.kubeguardian.collector.contain.KernelContainment.Stopped;
import io.kubeguardian.schema.ActionMode;
import io.kubeguardian.schema.AuditEvent;
import io.kubeguardian.schema.ContainmentAudit;
import io.kubeguardian.schema.Decision;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every step of every containment, kept until Kafka has it: a record that fails is sent again, for as long as there is
 * room; what there is no room for is counted. Thread safe, and adding never blocks.
 */
public final class AuditTrail {
    /** Records that wait. */
    static final int MOST = 1024;
    /** A record that failed is sent again after this at the latest. */
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(5);
    private static final Logger LOG = LoggerFactory.getLogger(AuditTrail.class);

    /** Sends records. */
    @FunctionalInterface
    public interface Sender {
        /** @param done is told, from any thread, whether Kafka has taken it */
        void send(String key, ContainmentAudit record, Consumer<Boolean> done);
    }

    private static final class Waiting {
        final String key;
        final ContainmentAudit record;
        boolean underWay;

        Waiting(String key, ContainmentAudit record) {
            this.key = key;
            this.record = record;
        }
    }

    private final Origin origin;
    private final LongSupplier wallNanos;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final Semaphore wanted = new Semaphore(0);
    private volatile boolean closing;
    private Thread thread;
    private long number;
    private long lost;

    /** @param wallNanos now, in nanoseconds since the Unix epoch */
    public AuditTrail(Origin origin, LongSupplier wallNanos) {
        this.origin = origin;
        this.wallNanos = wallNanos;
    }

    /** @param modes what is in force after this step */
    synchronized void add(AuditEvent event, String key, Decision decision, List<ActionMode> modes, Stopped stopped,
            String detail) {
        LOG.info("event=containment step={} decision={} pod={} container={} modes=\"{}\" issuedBy={} requestedBy={} detail=\"{}\"",
                event, decision.getId(), decision.getPodUid(), decision.getContainerId(), modes, decision.getIssuedBy(),
                decision.getRequestedBy(), detail);
        ContainmentAudit record = new ContainmentAudit(origin.node() + '/' + origin.epoch() + '/' + number++,
                origin.cluster(), origin.node(), origin.bootId(), wallNanos.getAsLong(), event, decision.getId(),
                decision.getPodUid(), decision.getContainerId(), decision.getWorkload(), decision.getIssuedBy(),
                decision.getRequestedBy(), decision.getReason(), decision.getEvidenceId(), decision.getIssuedTime(),
                decision.getExpiresTime(), List.copyOf(decision.getExceptPaths()),
                List.copyOf(decision.getExceptDestinations()), modes, stopped.execsKilled(), stopped.execsRefused(),
                stopped.opensRefused(), stopped.connectionsRefused(), stopped.packetsRefused(), detail);
        if (waiting.size() >= MOST) {
            if (lost++ == 0) { // the counter tells the rest
                LOG.error("event=audit-records-lost first={} reason=\"{} records wait for Kafka\"", record.getId(), MOST);
            }
            return;
        }
        waiting.addLast(new Waiting(key, record));
        wanted.release();
    }

    /** Sends from now on, in a thread of its own: a broker that does not answer holds up nothing else. */
    public void start(Sender sender) {
        thread = Thread.ofPlatform().name("kg-audit").start(() -> {
            while (!closing) {
                try {
                    wanted.tryAcquire(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
                    wanted.drainPermits();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
                flush(sender);
            }
            flush(sender);
        });
    }

    void flush(Sender sender) {
        for (Waiting next : due()) {
            sender.send(next.key, next.record, sent -> done(next, sent));
        }
    }

    private synchronized List<Waiting> due() {
        List<Waiting> due = waiting.stream().filter(w -> !w.underWay).toList();
        due.forEach(w -> w.underWay = true);
        return due;
    }

    private synchronized void done(Waiting record, boolean sent) {
        if (sent) {
            waiting.remove(record);
        } else {
            record.underWay = false;
        }
    }

    /** Records given up so far. */
    public synchronized long lost() {
        return lost;
    }

    /** Hands over what is there already and ends the thread. */
    public void stop() {
        closing = true;
        wanted.release();
        try {
            if (!thread.join(LONGEST_STOP)) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The sender is closed: what still waits is lost. */
    public synchronized void abandon() {
        if (!waiting.isEmpty()) {
            LOG.error("event=audit-records-lost first={} records={} reason=\"the collector ends\"",
                    waiting.getFirst().record.getId(), waiting.size());
        }
        lost += waiting.size();
        waiting.clear();
    }
}
