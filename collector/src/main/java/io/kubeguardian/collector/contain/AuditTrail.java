package io.kubeguardian.collector.contain;

import io.kubeguardian.collector.batch.Origin;
import io.kubeguardian.collector.contain.KernelContainment.Stopped;
import io.kubeguardian.schema.ActionMode;
import io.kubeguardian.schema.AuditEvent;
import io.kubeguardian.schema.ContainmentAudit;
import io.kubeguardian.schema.Decision;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells every step of every containment, in the log too. Thread safe. */
public final class AuditTrail {
    private static final Logger LOG = LoggerFactory.getLogger(AuditTrail.class);

    private final Origin origin;
    private final LongSupplier wallNanos;
    private final BiConsumer<String, ContainmentAudit> sender;
    /** Part of the records' ids: a run may go on with the epoch of the one before. */
    private final long run = System.currentTimeMillis();
    private long number;

    /**
     * @param wallNanos now, in nanoseconds since the Unix epoch
     * @param sender takes key and record; must not block
     */
    public AuditTrail(Origin origin, LongSupplier wallNanos, BiConsumer<String, ContainmentAudit> sender) {
        this.origin = origin;
        this.wallNanos = wallNanos;
        this.sender = sender;
    }

    /** @param modes what is in force after this step */
    synchronized void add(AuditEvent event, String key, Decision decision, List<ActionMode> modes, Stopped stopped,
            String detail) {
        LOG.info("event=containment step={} decision={} pod={} container={} modes=\"{}\" issuedBy={} requestedBy={} detail=\"{}\"",
                event, decision.getId(), decision.getPodUid(), decision.getContainerId(), modes, decision.getIssuedBy(),
                decision.getRequestedBy(), detail);
        sender.accept(key, new ContainmentAudit(origin.node() + '/' + run + '/' + number++, origin.cluster(),
                origin.node(), origin.bootId(), wallNanos.getAsLong(), event, decision.getId(), decision.getPodUid(),
                decision.getContainerId(), decision.getWorkload(), decision.getIssuedBy(), decision.getRequestedBy(),
                decision.getReason(), decision.getEvidenceId(), decision.getIssuedTime(), decision.getExpiresTime(),
                List.copyOf(decision.getExceptPaths()), List.copyOf(decision.getExceptDestinations()), modes,
                stopped.execsKilled(), stopped.execsRefused(), stopped.opensRefused(), stopped.connectionsRefused(),
                stopped.packetsRefused(), detail));
    }
}
