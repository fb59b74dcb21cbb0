package io.kubeguardian.benchmarks;

import io.kubeguardian.schema.ContainerMetadata;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.SyscallCounts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * What pods of ordinary services do, made up but always the same: of {@value #BATCH} events a batch 86 opens (a tenth of
 * them for writing, a quarter of files that no other batch names), 8 connections to 64 destinations, and twice a child
 * that is forked, runs a program and ends. One batch in {@value #COUNTED_EVERY} of a pod has its counts of system calls
 * besides. The sensor would hold back most opens of the same file: this is what is left.
 */
final class ServiceEvents {
    static final int BATCH = 100;
    /** Its exec is what {@link #RULE} fires on. */
    static final String MARKER = "/opt/benchmark/kgb-marker";
    static final String RULE = "Benchmark marker";
    /** After the time of its batch; as of a breach. */
    static final long MARKER_NANOS = 310_000;
    /** A marker that completes a story. */
    static final String BREACH = "/opt/benchmark/kgb-breach";
    static final String BREACH_RULE = "Benchmark breach";
    /** A file of Falco rules that finds the markers and breaches and nothing else. */
    static final String RULES = """
            - rule: %s
              desc: the events around it are measured
              condition: evt.type in (execve, execveat) and proc.exepath = %s
              output: marker %%proc.args
              priority: INFORMATIONAL
            - rule: %s
              desc: the last step of a story
              condition: evt.type in (execve, execveat) and proc.exepath = %s
              output: breach %%proc.args
              priority: CRITICAL
            """.formatted(RULE, MARKER, BREACH_RULE, BREACH);

    private static final int AF_INET = 2;
    private static final int O_WRONLY_CREAT = 0101;
    private static final int O_CLOEXEC = 02000000;
    private static final int INTERVAL_NANOS = 20_000_000;
    /** System calls of a pod are counted once a second: more often than the collector does it by itself. */
    private static final int COUNTED_EVERY = 50;
    private static final List<String> CALLS = List.of("read", "write", "openat", "close", "fstat", "mmap", "munmap", "brk",
            "rt_sigaction", "ioctl", "pread64", "access", "select", "clone", "execve", "wait4", "fcntl", "getdents64",
            "socket", "connect", "accept4", "sendto", "recvfrom", "futex", "epoll_wait", "epoll_ctl", "newfstatat", "getrandom");
    private static final String[] PATHS = {"/etc/resolv.conf", "/etc/hosts", "/usr/lib/x86_64-linux-gnu/libssl.so.3",
        "/proc/self/status", "/srv/static/css/site.css", "/srv/app/templates/index.html", "/etc/ssl/certs/ca.pem",
        "/usr/lib/python3/dist-packages/shop/__init__.py", "/sys/fs/cgroup/memory.max", "/var/lib/app/cache/ab/0042.bin"};
    private static final String[][] HELPERS = {{"/usr/bin/convert", "-resize", "100x100", "in.png", "out.png"},
        {"/usr/bin/gs", "-q", "-sDEVICE=pdfwrite", "-o", "out.pdf", "in.ps"}, {"/usr/bin/gzip", "-9", "/srv/export.csv"}};
    private static final String[] SERVICES = {"nginx", "python3", "java", "node"};

    private final Random random = new Random(42);
    private final List<Pod> pods = new ArrayList<>();
    private final long start;
    private final long[] nodeSequences = new long[4];

    private static final class Pod {
        private String uid;
        private String container;
        private String service;
        private int node;
        private long batches;
        private int nextPid = 100;
    }

    /** @param start of the first events, nanoseconds since the Unix epoch */
    ServiceEvents(int pods, long start) {
        this.start = start;
        for (int i = 0; i < pods; i++) {
            Pod pod = new Pod();
            pod.uid = new UUID(random.nextLong(), random.nextLong()).toString();
            byte[] id = new byte[32];
            random.nextBytes(id);
            pod.container = HexFormat.of().formatHex(id);
            pod.service = SERVICES[i % SERVICES.length];
            pod.node = i % nodeSequences.length;
            this.pods.add(pod);
        }
    }

    int pods() {
        return pods.size();
    }

    PodMetadata metadata(int index) {
        Pod pod = pods.get(index);
        return PodMetadata.newBuilder().setCluster("benchmark").setUid(pod.uid).setNamespace("shop")
                .setName(pod.service + '-' + index).setNode("node-" + pod.node).setWorkloadKind("Deployment")
                .setWorkloadName(pod.service).setContainers(List.of(ContainerMetadata.newBuilder().setId(pod.container)
                        .setName("main").setImage("registry.example/" + pod.service + ":1").build()))
                .setUpdatedAt(start / 1_000_000)
                .build();
    }

    /** The pod's next batch. @param marker put into it as its last event; empty: none */
    EventBatch next(int index, String marker) {
        return next(index, marker, false);
    }

    /** @param breach what the marker is */
    EventBatch next(int index, String marker, boolean breach) {
        return next(index, marker, breach, start + pods.get(index).batches * INTERVAL_NANOS);
    }

    /** The same at a time of the caller's, nanoseconds since the Unix epoch. */
    EventBatch next(int index, String marker, boolean breach, long time) {
        Pod pod = pods.get(index);
        EventBatchBuilder batch = new EventBatchBuilder();
        int service = service(batch, pod);
        for (int i = 0; i < 86; i++) {
            String path = i % 4 == 0 ? "/var/lib/app/data/" + pod.batches + '-' + i : PATHS[random.nextInt(PATHS.length)];
            batch.addOpen(time + i * 1000, service, path, i % 10 == 0 ? O_WRONLY_CREAT : O_CLOEXEC, 0, 3, 0);
        }
        for (int i = 0; i < 8; i++) {
            int to = random.nextInt(64);
            batch.addConnect(time + 100_000 + i, service, AF_INET, "10.0.7." + to, 5432 + to % 3, 0, 0);
        }
        if (pod.batches % COUNTED_EVERY == index % COUNTED_EVERY) {
            batch.add(new SyscallCounts(time, batch.string(pod.container), COUNTED_EVERY * (long) INTERVAL_NANOS,
                    CALLS.stream().map(batch::string).toList(),
                    CALLS.stream().map(call -> 100L + random.nextInt(call.length() * 100)).toList()));
        }
        child(batch, pod, service, time + 200_000, helper(), true);
        child(batch, pod, service, time + 300_000,
                marker.isEmpty() ? helper() : new String[] {breach ? BREACH : MARKER, marker}, true);
        return built(batch, pod);
    }

    /** Two children that go on running, each with an argument that no other has, and nothing else. */
    EventBatch running(int index) {
        Pod pod = pods.get(index);
        long time = start + pod.batches * INTERVAL_NANOS;
        EventBatchBuilder batch = new EventBatchBuilder();
        int service = service(batch, pod);
        for (int i = 0; i < 2; i++) {
            String[] like = helper();
            String[] command = Arrays.copyOf(like, like.length + 1);
            command[like.length] = "/srv/export/" + pod.uid.substring(0, 8) + '-' + pod.nextPid + ".csv";
            child(batch, pod, service, time + i * 100_000, command, false);
        }
        return built(batch, pod);
    }

    private int service(EventBatchBuilder batch, Pod pod) {
        return batch.process(10, 10, start - 1_000_000_000L, pod.container, pod.service, 1000, 1000);
    }

    private String[] helper() {
        return HELPERS[random.nextInt(HELPERS.length)];
    }

    private EventBatch built(EventBatchBuilder batch, Pod pod) {
        EventBatch built = batch.build();
        built.setCluster("benchmark");
        built.setNode("node-" + pod.node);
        built.setBootId("boot-" + pod.node);
        built.setEpoch(start);
        built.setNodeSequence(nodeSequences[pod.node]++);
        built.setPodSequence(pod.batches++);
        built.setPodUid(pod.uid);
        return built;
    }

    private static void child(EventBatchBuilder batch, Pod pod, int parent, long time, String[] command, boolean ends) {
        int pid = pod.nextPid++;
        batch.addFork(time, parent, pid, pid, time);
        String name = command[0].substring(command[0].lastIndexOf('/') + 1);
        int process = batch.process(pid, pid, time, pod.container, name, 1000, 1000);
        batch.addExec(time + 10_000, process, 10, 0, command[0], List.of(command), "/srv", 0);
        if (ends) {
            batch.addExit(time + 20_000, process, 0);
        }
    }
}
