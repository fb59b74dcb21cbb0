package io.kubeguardian.collector;

import io.kubeguardian.collector.attribute.Attribution;
import io.kubeguardian.collector.attribute.CgroupTable;
import io.kubeguardian.collector.attribute.CgroupTree;
import io.kubeguardian.collector.batch.BatchSink;
import io.kubeguardian.collector.batch.LossCounters;
import io.kubeguardian.collector.batch.Origin;
import io.kubeguardian.collector.batch.PodBatches;
import io.kubeguardian.collector.contain.AuditTrail;
import io.kubeguardian.collector.contain.CgroupFreezer;
import io.kubeguardian.collector.contain.Containments;
import io.kubeguardian.collector.contain.DecisionReader;
import io.kubeguardian.collector.event.CgroupListener;
import io.kubeguardian.collector.event.EventDecoder;
import io.kubeguardian.collector.ffm.Libc;
import io.kubeguardian.collector.health.HealthRecords;
import io.kubeguardian.collector.health.Heartbeat;
import io.kubeguardian.collector.health.ManagementServer;
import io.kubeguardian.collector.health.Status;
import io.kubeguardian.collector.ring.KernelRing;
import io.kubeguardian.collector.sensor.Sensor;
import io.kubeguardian.collector.sensor.SensorOptions;
import io.kubeguardian.collector.ship.CaptureSink;
import io.kubeguardian.collector.ship.KafkaErrors;
import io.kubeguardian.collector.ship.Shipper;
import io.kubeguardian.collector.ship.ShipperStatus;
import io.kubeguardian.collector.state.Start;
import io.kubeguardian.collector.state.StateFolder;
import io.kubeguardian.config.CollectorSettings;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.config.Parts;
import io.kubeguardian.schema.ActionMode;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.SensorMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The collector of one node: sensors → attribution → batches → Kafka, and decisions back into the kernel. When
 * {@link #open} returns, every event of the monitored cgroups is kept in the rings; {@link #run} takes them out.
 */
public final class NodeCollector implements AutoCloseable {
    /** Far more than a node has at a time. */
    private static final int MOST_CGROUPS = 16_384;
    private static final Logger LOG = LoggerFactory.getLogger(NodeCollector.class);

    private final Parts parts = new Parts();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Heartbeat heartbeat = new Heartbeat();
    private final LossCounters losses;
    private final KafkaErrors kafkaErrors = new KafkaErrors();
    private final Origin origin;
    /** Null without. */
    private final StateFolder state;
    private final CgroupTree tree;
    private final CgroupTable cgroups;
    private final Sensor sensor;
    private final List<SensorMode> modes;
    private final Containments containments;
    private final PodBatches batches;
    private final EventDecoder decoder;
    private final SyscallHistograms histograms;
    private final RingLoop loop;
    private final Shipper shipper;
    private final ManagementServer server;
    private final FilePages filePages = new FilePages();
    private volatile long bootToWall = Libc.bootToWallNanos();
    private volatile String readerProblem = "";
    private boolean running;
    private boolean closed;

    /** As {@link #open(KubeGuardianConfig, CollectorOptions)}, to Kafka. */
    public static NodeCollector open(KubeGuardianConfig config) {
        return open(config, CollectorOptions.DEFAULT);
    }

    /**
     * Attaches the sensors and connects to Kafka.
     *
     * @throws IllegalArgumentException when the configuration does not fit this machine; the message says what to do
     * @throws io.kubeguardian.collector.sensor.SensorException when the sensors cannot run here
     */
    public static NodeCollector open(KubeGuardianConfig config, CollectorOptions options) {
        return new NodeCollector(config, options);
    }

    private NodeCollector(KubeGuardianConfig config, CollectorOptions options) {
        CollectorSettings settings = config.collector();
        try {
            Origin here = Origin.here(settings.cluster(), settings.node());
            state = settings.stateFolder().isEmpty() ? null : parts.opened(new StateFolder(Path.of(settings.stateFolder())));
            tree = CgroupTree.of(settings.cgroup());
            cgroups = new CgroupTable(MOST_CGROUPS, tree::find);
            sensor = parts.opened(Sensor.open(tree, new SensorOptions(
                    settings.preciousRingBytes(), settings.bulkRingBytes(), settings.hooks(),
                    settings.openRepeatMillis() * 1_000_000L, settings.environment(),
                    settings.syscallCountSeconds() > 0)));
            CgroupFreezer freezer = new CgroupFreezer(tree);
            modes = new ArrayList<>(sensor.modes());
            modes.add(freezer.mode());
            Start start = state == null ? Start.anew(here) : state.start(here, Libc.bootNanos());
            origin = start.origin();
            losses = new LossCounters(start.losses());
            Map<String, Object> client = config.kafka().client();
            shipper = options.kafka() ? parts.opened(new Shipper(client, settings.backlogBytes(),
                    Duration.ofSeconds(settings.drainSeconds()), losses, kafkaErrors)) : null;
            LongSupplier wallNanos = () -> Libc.bootNanos() + bootToWall;
            AuditTrail audit = new AuditTrail(origin, wallNanos, shipper == null ? (key, record) -> {} : shipper::send);
            containments = new Containments(means(freezer), cgroups, audit, wallNanos, () -> bootToWall,
                    heartbeat::reportNow);
            batches = new PodBatches(origin, start.numbers(), settings.batchEvents(), settings.batchMillis() * 1_000_000L,
                    losses, sink(options));
            histograms = sensor.callCounts() == null ? null : new SyscallHistograms(sensor.callCounts(), cgroups, batches,
                    () -> bootToWall, settings.syscallCountSeconds());
            Cgroups listener = new Cgroups();
            decoder = new EventDecoder(cgroups, batches, listener, bootToWall, settings.maskSecrets());
            loop = new RingLoop(sensor, decoder, batches, cgroups, losses, settings.batchMillis(), listener::resync,
                    histograms);
            // Attached first, walked afterwards: a cgroup made in between is in the ring, in the tree, or in both.
            tree.walk((path, id) -> cgroups.created(id, path));
            takeOver(freezer);
            RunningProcesses.tell(sensor, decoder);
            if (shipper != null) {
                parts.opened(new DecisionReader(client, origin, containments, shipper::send));
            }
            server = settings.metricsPort() < 0
                    ? null : parts.opened(ManagementServer.start(settings.metricsPort(), this::status));
            if (state != null) {
                state.running(origin);
            }
            heartbeat.start(this::chores, this::report, settings.healthSeconds());
            parts.opened(heartbeat);
        } catch (IOException e) {
            closeParts();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            closeParts();
            throw e;
        }
    }

    private BatchSink sink(CollectorOptions options) {
        if (options.capture() == null) {
            return shipper;
        }
        CaptureSink capture = parts.opened(new CaptureSink(options.capture()));
        return shipper == null ? capture : (batch, contents) -> {
            capture.accept(batch, contents);
            shipper.accept(batch, contents);
        };
    }

    private Containments.Means means(CgroupFreezer freezer) throws IOException {
        Map<ContainmentAction, ActionMode> actions = new EnumMap<>(ContainmentAction.class);
        for (SensorMode mode : modes) {
            ContainmentAction action = switch (mode.getSensor()) {
                case "contain.exec" -> ContainmentAction.KILL_EXEC;
                case "contain.deny-exec" -> ContainmentAction.DENY_EXEC;
                case "contain.deny-open" -> ContainmentAction.DENY_OPEN;
                case "contain.network", "contain.network-lsm" -> ContainmentAction.DENY_NETWORK;
                case "contain.freeze" -> ContainmentAction.FREEZE;
                default -> ContainmentAction.NONE;
            };
            ActionMode known = actions.putIfAbsent(action,
                    new ActionMode(action, mode.getHook(), mode.getProblem()));
            if (known != null && !mode.getHook().isEmpty()) { // LSM beside the cgroup programs: better, but not needed
                known.setHooks(known.getHooks() + ' ' + mode.getHook());
            }
        }
        actions.remove(ContainmentAction.NONE);
        return new Containments.Means(sensor.containments(), freezer, actions, tree.own()::contains);
    }

    /** What an earlier run left frozen: in force again, or thawed if its time is over. */
    private void takeOver(CgroupFreezer freezer) throws IOException {
        freezer.left().forEach((cgroup, decisions) ->
                decisions.forEach(decision -> containments.restoreFrozen(cgroup, decision)));
    }

    /** Reads events until {@link #close()}; the calling thread is the reader. */
    public void run() {
        synchronized (this) {
            if (closed) {
                return;
            }
            running = true;
        }
        try {
            loop.run();
        } catch (RuntimeException | Error e) {
            readerProblem = "the reader stopped: " + e;
            heartbeat.reportNow();
            throw e;
        } finally {
            ended.countDown();
        }
    }

    /** Runs in a thread of its own. */
    public NodeCollector start() {
        Thread.ofPlatform().name("kg-reader").start(this::run);
        return this;
    }

    /** How it is now. */
    public Status status() {
        String broken = readerProblem.isEmpty() ? loop.problem() : readerProblem;
        ShipperStatus kafka = shipper == null ? ShipperStatus.NONE : shipper.status();
        return new Status(origin, effectiveModes(), losses.losses(), containments.statuses(), decoder.events(),
                sensor.opensRepeated(), sensor.sendsRepeated(), sensor.callsUncounted(), sensor.programsMissed(),
                batches.counters().counts(), rings(), cgroups.counts(), batches.counters().batches(), kafka,
                Status.readResidentBytes(), broken, !broken.isEmpty() || shipper == null ? broken : shipper.problem());
    }

    private List<Status.Ring> rings() {
        return List.of(ring("precious", sensor.precious()), ring("bulk", sensor.bulk()));
    }

    private static Status.Ring ring(String name, KernelRing ring) {
        return new Status.Ring(name, ring.reader().pending(), ring.bytes(), ring.reader().consumed());
    }

    /** A sensor that nobody reads is not running, whatever the kernel says. */
    private List<SensorMode> effectiveModes() {
        return readerProblem.isEmpty()
                ? modes
                : modes.stream().map(m -> new SensorMode(m.getSensor(), "", readerProblem)).toList();
    }

    /** Who it is in the records that it sends. */
    public Origin origin() {
        return origin;
    }

    /** The monitored cgroup. */
    public CgroupTree tree() {
        return tree;
    }

    /** Port of /metrics, -1 without. */
    public int metricsPort() {
        return server == null ? -1 : server.port();
    }

    private void chores() {
        filePages.tidy();
        bootToWall = Libc.bootToWallNanos();
        decoder.setBootToWall(bootToWall);
        containments.expire();
        if (shipper != null) {
            shipper.watch();
        }
    }

    private void report() {
        report(false);
    }

    private void report(boolean last) {
        if (shipper != null) {
            shipper.send(HealthRecords.of(status(), Libc.bootNanos() + bootToWall, last));
        }
    }

    private final class Cgroups implements CgroupListener {
        @Override
        public void created(long cgroup, String path) {
            Attribution who = cgroups.created(cgroup, path);
            containments.cgroupCreated(cgroup, who);
        }

        @Override
        public void removed(long cgroup) {
            if (histograms != null) {
                histograms.removed(cgroup);
            }
            cgroups.removed(cgroup, System.nanoTime());
            containments.cgroupRemoved(cgroup);
        }

        /** Makes up for word of cgroups that was lost: else one would never be contained, or never be forgotten. */
        void resync() {
            Map<Long, String> there = new HashMap<>();
            try {
                tree.walk((path, id) -> there.put(id, path));
            } catch (IOException e) {
                LOG.warn("event=cgroups-unreadable root={} error=\"{}\"", tree.root(), e.getMessage());
                return;
            }
            cgroups.missingFrom(there.keySet()).forEach(this::removed);
            there.forEach(this::created);
        }
    }

    /** Reads what is still in the rings, sends it, detaches everything. Takes a few seconds at most. */
    @Override
    public void close() {
        boolean wait;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            wait = running;
        }
        loop.stop();
        if (wait) {
            try {
                ended.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        } else {
            readRest();
        }
        heartbeat.close(); // nothing follows the last report
        containments.suspend();
        report(readerProblem.isEmpty());
        // The folder's lock is let go last, and what the shipper could not send belongs into the state.
        parts.leave(state);
        closeParts();
        leaveState();
    }

    /** Nobody has read yet. Being stopped, the loop empties the rings once. */
    private void readRest() {
        try {
            loop.run();
        } catch (RuntimeException e) {
            readerProblem = "the reader stopped: " + e;
            LOG.error("event=rings-not-read", e);
        }
    }

    /** Not after the reader has failed: what lay in the rings is lost, and nobody has counted it. */
    private void leaveState() {
        if (state == null) {
            return;
        }
        try (StateFolder folder = state) {
            if (loop.ended() != 0 && readerProblem.isEmpty()) {
                folder.ended(origin, loop.ended(), batches.numbers(), losses.losses());
            }
        } catch (IOException e) {
            LOG.error("event=state-not-written consequence=\"the next run begins a new epoch\" error=\"{}\"", e.toString());
        }
    }

    /** Whatever a part throws: no program stays attached. */
    private void closeParts() {
        try {
            parts.close();
        } catch (IllegalStateException e) {
            LOG.error("event=close-failed", e);
        }
    }
}
