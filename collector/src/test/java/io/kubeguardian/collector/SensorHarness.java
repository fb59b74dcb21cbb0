package io.kubeguardian.collector;

import io.kubeguardian.collector.attribute.CgroupTable;
import io.kubeguardian.collector.attribute.CgroupTree;
import io.kubeguardian.collector.batch.LossCounters;
import io.kubeguardian.collector.batch.Numbers;
import io.kubeguardian.collector.batch.Origin;
import io.kubeguardian.collector.batch.PodBatches;
import io.kubeguardian.collector.event.CgroupListener;
import io.kubeguardian.collector.event.EventDecoder;
import io.kubeguardian.collector.ffm.Libc;
import io.kubeguardian.collector.sensor.Sensor;
import io.kubeguardian.collector.sensor.SensorOptions;
import io.kubeguardian.config.SensorHooks;
import io.kubeguardian.schema.Connect;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBits;
import io.kubeguardian.schema.Exec;
import io.kubeguardian.schema.Exit;
import io.kubeguardian.schema.Fork;
import io.kubeguardian.schema.Open;
import io.kubeguardian.schema.ProcessEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The real sensor, read when the test asks, with what it saw as plain values. */
final class SensorHarness implements AutoCloseable {
    record Process(String podUid, String containerId, int pid, int containerPid, long startTime, String comm, int uid,
            int gid) {}

    record SeenExec(Process process, String exe, List<String> args, String cwd, Exec raw) {
        /** Without the one that says whether the program may write its own file: root, who runs the tests, nearly always may. */
        int flags() {
            return raw.getFlags() & ~EventBits.EXEC_WRITABLE;
        }
    }

    record SeenFork(Process process, Fork raw) {}

    record SeenExit(Process process, Exit raw) {}

    record SeenOpen(Process process, String path, Open raw) {}

    record SeenConnect(Process process, String address, Connect raw) {}

    /** An event of any kind with the batch that it came in. */
    record Seen<T>(EventBatch batch, T raw) {
        String text(int index) {
            return batch.getStrings().get(index);
        }

        List<String> texts(List<Integer> indexes) {
            return indexes.stream().map(this::text).toList();
        }

        Process process(int index) {
            return SensorHarness.process(batch, index);
        }
    }

    final List<SeenExec> execs = new ArrayList<>();
    final List<SeenFork> forks = new ArrayList<>();
    final List<SeenExit> exits = new ArrayList<>();
    final List<SeenOpen> opens = new ArrayList<>();
    final List<SeenConnect> connects = new ArrayList<>();
    /** Those in which a process did something. */
    final List<EventBatch> batches = new ArrayList<>();
    private final List<EventBatch> all = new ArrayList<>();
    int bulkEvents;
    final CgroupTable cgroups;
    final Sensor sensor;
    private final PodBatches pods;
    private final EventDecoder decoder;
    private final SyscallHistograms histograms;
    private final boolean ownSensor;
    private final long opensBefore;
    private final long sendsBefore;
    private final long preciousLostBefore;
    private final long bulkLostBefore;

    /** What nearly all tests are with, so that they share a sensor; rings have room for all that a slow machine has to tell. */
    private static final SensorOptions ORDINARY = new SensorOptions(1 << 22, 1 << 23, SensorHooks.AUTO, 0,
            List.of("LD_PRELOAD", "A_NAME_OF_THIRTY_ONE_CHARACTERS"), false);

    /** Of a {@link SharedSensor} where they monitor this tree, else of a sensor of its own. */
    SensorHarness(CgroupTree tree) {
        this(tree, ORDINARY);
    }

    /** As {@link #SensorHarness(CgroupTree)}. */
    SensorHarness(CgroupTree tree, SensorOptions options) {
        this(tree, SharedSensor.monitors(tree) ? SharedSensor.with(options) : Sensor.open(tree, options),
                !SharedSensor.monitors(tree), options.countCalls());
    }

    /** Of a sensor whose ring for bulk events has room for a page. */
    static SensorHarness withLittleRoom(CgroupTree tree) {
        return new SensorHarness(tree, new SensorOptions(1 << 18, 4096, SensorHooks.AUTO, 0, List.of(), false));
    }

    /** @param nanos an open like one sent less than this ago is only counted */
    static SensorHarness withoutRepeats(CgroupTree tree, long nanos) {
        return new SensorHarness(tree, new SensorOptions(1 << 18, 1 << 23, SensorHooks.AUTO, nanos, List.of(), false));
    }

    private SensorHarness(CgroupTree tree, Sensor sensor, boolean ownSensor, boolean countCalls) {
        this.sensor = sensor;
        this.ownSensor = ownSensor;
        this.opensBefore = sensor.opensRepeated();
        this.sendsBefore = sensor.sendsRepeated();
        this.preciousLostBefore = sensor.reader().preciousLost();
        this.bulkLostBefore = sensor.reader().bulkLost();
        cgroups = new CgroupTable(10_000, id -> null);
        pods = new PodBatches(Origin.here("test", "node"), Numbers.FIRST, 1000, 1, new LossCounters(), (b, contents) -> {
            all.add(b);
            if (!b.getProcesses().isEmpty()) {
                batches.add(b);
            }
            bulkEvents += contents.bulk();
        });
        long bootToWall = Libc.bootToWallNanos();
        histograms = countCalls
                ? new SyscallHistograms(sensor.callCounts(), cgroups, pods, () -> bootToWall, 1) : null;
        decoder = new EventDecoder(cgroups, pods, new CgroupListener() {
            @Override
            public void created(long cgroup, String path) {
                cgroups.created(cgroup, path);
            }

            @Override
            public void removed(long cgroup) {
                cgroups.removed(cgroup, System.nanoTime());
            }
        }, bootToWall, true);
        try {
            tree.walk((path, id) -> cgroups.created(id, path));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Tells of the processes that were there before, as the collector does before its first reading. */
    SensorHarness tellRunning() {
        RunningProcesses.tell(sensor, decoder);
        return this;
    }

    /** Writes the records of the system calls counted so far; only with settings that count. */
    void flushHistograms() {
        histograms.flush();
    }

    /** Reads what is there. Events are in the ring before the program that caused them has ended. */
    SensorHarness read() {
        var precious = sensor.precious().reader();
        var bulk = sensor.bulk().reader();
        long bulkEnd = bulk.produced();
        precious.drain(precious.produced(), decoder);
        bulk.drain(bulkEnd, decoder);
        int known = batches.size();
        pods.flushAll();
        batches.subList(known, batches.size()).forEach(this::flatten);
        return this;
    }

    /** Starts anew, for the next test with the same sensor: whatever was seen until now is gone. */
    void forget() {
        read();
        List.of(execs, forks, exits, opens, connects, batches, all).forEach(List::clear);
        bulkEvents = 0;
    }

    /** All events of a kind, in the order of their batches. */
    <T> List<Seen<T>> all(Function<EventBatch, List<T>> kind) {
        return all.stream().flatMap(batch -> kind.apply(batch).stream().map(event -> new Seen<>(batch, event))).toList();
    }

    long events() {
        return decoder.events();
    }

    /** Opens held back as repeated, of this test. */
    long opensRepeated() {
        return sensor.opensRepeated() - opensBefore;
    }

    /** Sends held back as repeated, of this test. */
    long sendsRepeated() {
        return sensor.sendsRepeated() - sendsBefore;
    }

    /** Precious events that their ring had no room for, of this test. */
    long preciousLost() {
        return sensor.reader().preciousLost() - preciousLostBefore;
    }

    long bulkLost() {
        return sensor.reader().bulkLost() - bulkLostBefore;
    }

    long unreadable() {
        return decoder.unreadable();
    }

    private void flatten(EventBatch batch) {
        List<String> strings = batch.getStrings();
        batch.getExecs().forEach(e -> execs.add(new SeenExec(process(batch, e.getProcess()), strings.get(e.getExe()),
                e.getArgs().stream().map(strings::get).toList(), strings.get(e.getCwd()), e)));
        batch.getForks().forEach(e -> forks.add(new SeenFork(process(batch, e.getProcess()), e)));
        batch.getExits().forEach(e -> exits.add(new SeenExit(process(batch, e.getProcess()), e)));
        batch.getOpens().forEach(e ->
                opens.add(new SeenOpen(process(batch, e.getProcess()), strings.get(e.getPath()), e)));
        batch.getConnects().forEach(e ->
                connects.add(new SeenConnect(process(batch, e.getProcess()), strings.get(e.getAddress()), e)));
    }

    private static Process process(EventBatch batch, int index) {
        ProcessEntry p = batch.getProcesses().get(index);
        return new Process(batch.getPodUid(), batch.getStrings().get(p.getContainer()), p.getPid(), p.getContainerPid(),
                p.getStartTime(), batch.getStrings().get(p.getComm()), p.getUid(), p.getGid());
    }

    @Override
    public void close() {
        if (ownSensor) {
            sensor.close();
        }
    }
}
