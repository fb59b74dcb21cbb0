package io.kubeguardian.baseline.observe;

import io.kubeguardian.baseline.Activity;
import io.kubeguardian.baseline.ItemKind;
import io.kubeguardian.baseline.Observation;
import io.kubeguardian.baseline.ObservedCalls;
import io.kubeguardian.baseline.ObservedItem;
import io.kubeguardian.baseline.ObservedProcess;
import io.kubeguardian.config.BaselineSettings;
import io.kubeguardian.process.ProcessRefs;
import io.kubeguardian.process.TreeProcess;
import io.kubeguardian.rules.ContainerView;
import io.kubeguardian.schema.Connect;
import io.kubeguardian.schema.Dns;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.FileChange;
import io.kubeguardian.schema.Open;
import io.kubeguardian.schema.SocketCall;
import io.kubeguardian.schema.SyscallCounts;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Turns the events of a batch into what baselines are made of, and passes on only what was not passed on of late. Opens
 * are most of what there is: one that is known costs the shape of its path, once per batch and distinct path, and a look
 * into a table. One object serves all batches of a subtask.
 */
public final class Observer {
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int AF_PACKET = 17;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_RAW = 3;
    private static final int O_ACCESS = 3;
    private static final int O_DIRECTORY = 0200000;
    private static final int EPERM = -1;
    private static final int EACCES = -13;
    private static final int EINPROGRESS = -115;
    private static final int EPHEMERAL = 32_768;
    private static final int PRIVILEGED = 1024;
    private static final String[] ACCESS = {"read ", "write ", "list "};
    /** Of an observation: it must not grow without end. What finds no room is counted, and told when it is seen again. */
    private static final int MAX_ITEMS = 2000;
    private static final int MAX_PROCESSES = 256;

    /** Whoever acts: a place in the batch's table of processes, as long as it runs the same program. */
    private static final class Actor {
        private int batch;
        private String exe;
        private int uid;
        private long hash;
        /** Place in the observation; -1: none yet. */
        private int reference;
    }

    private static final Set<ItemKind> ALL_KINDS = EnumSet.complementOf(EnumSet.of(ItemKind.RATE));

    /** Of the configuration. */
    private final Set<ItemKind> configured = EnumSet.noneOf(ItemKind.class);
    /** Of the batch at hand. */
    private Set<ItemKind> kinds = configured;
    private final boolean rates;
    private final SeenItems seen;
    private final KeyedHash hasher;
    private final Shape shape = new Shape();
    private final ArgumentShape arguments = new ArgumentShape();

    private Actor[] actors = {};
    private int batchNumber;
    /** By place in the batch's table of strings: hash of the path's shape; 0: not asked for yet. */
    private long[] paths = {};
    private EventBatch batch;
    private List<String> strings;
    private long podHash;
    private Observation observation;
    private Allowance allowance;
    private long[] activity;
    private long items;
    private long full;

    public Observer(BaselineSettings settings) {
        settings.kinds().forEach(kind -> configured.add(ItemKind.of(kind)));
        rates = configured.contains(ItemKind.RATE);
        seen = new SeenItems(settings.observedItems());
        hasher = new KeyedHash(new SecureRandom().nextLong());
    }

    /** Whether baselines are switched on at all. */
    public boolean isOn() {
        return !configured.isEmpty();
    }

    /** Whether baselines are made of it, too, and not only judged by a policy. */
    public boolean isLearned(ItemKind kind) {
        return configured.contains(kind);
    }

    /**
     * Starts a batch.
     *
     * @param about where everything of the pod and its workload is set
     * @param counts is added to, by {@link Activity}
     * @param allowed what the pod's workload may do: all kinds are observed; null: nobody says
     */
    public void begin(EventBatch next, Observation about, long[] counts, Allowance allowed) {
        batch = next;
        allowance = allowed;
        kinds = allowed == null ? configured : ALL_KINDS;
        strings = next.getStrings();
        observation = about;
        activity = counts;
        batchNumber++;
        podHash = hasher.mix(hasher.of(about.key), hasher.of(about.pod.getUid()));
        if (allowed != null) { // by another policy all is to be judged anew
            podHash = hasher.mix(podHash, hasher.of(allowed.digest()));
        }
        if (paths.length < strings.size()) {
            paths = new long[2 * strings.size()];
        } else {
            Arrays.fill(paths, 0, strings.size(), 0);
        }
        int processes = next.getProcesses().size();
        if (actors.length < processes) {
            int before = actors.length;
            actors = Arrays.copyOf(actors, 2 * processes);
            for (int i = before; i < actors.length; i++) {
                actors[i] = new Actor();
            }
        }
    }

    /** Nothing further is added to what the batch was said to be about. */
    public void end() {
        observation = null;
    }

    /** Items that were passed on, and those that found no room in their batch's observation, since the start. */
    public long items() {
        return items;
    }

    public long full() {
        return full;
    }

    /** After the process tree was told. */
    public void exec(int place, TreeProcess process, ContainerView container, long time) {
        count(Activity.EXECS);
        Actor actor = actor(place, process, container, time);
        String exe = shape.path(process.exePath()).toString();
        if (kinds.contains(ItemKind.EXEC)) {
            observe(ItemKind.EXEC, exe, process.exePath(), actor, process, container, time);
        }
        TreeProcess parent = process.parent();
        if (kinds.contains(ItemKind.PARENT) && parent != null && !parent.exePath().isEmpty()) {
            observe(ItemKind.PARENT, shape.path(parent.exePath()) + " > " + exe, "", actor, process, container, time);
        }
        if (kinds.contains(ItemKind.ARGS)) {
            observe(ItemKind.ARGS, arguments.of(exe, process.args()), "", actor, process, container, time);
        }
    }

    public void open(int place, TreeProcess process, ContainerView container, Open open, long time) {
        int access = (open.getFlags() & O_ACCESS) == 0 ? 0 : 1;
        count(access == 0 ? Activity.READS : Activity.WRITES);
        int result = open.getResult();
        if (!kinds.contains(ItemKind.FILE)
                || result < 0 && result != EPERM && result != EACCES && result != EINPROGRESS) {
            return; // what is not there is looked for in many places
        }
        if (access == 0 && (open.getFlags() & O_DIRECTORY) != 0) {
            access = 2;
        }
        Actor actor = actor(place, process, container, time);
        long hash = hasher.mix(actor.hash, pathHash(open.getPath()) + access);
        SeenItems.Verdict verdict = seen.see(hash, time);
        if (verdict != SeenItems.Verdict.KNOWN) {
            String path = strings.get(open.getPath());
            add(ItemKind.FILE, ACCESS[access] + shape.path(path), "", path, verdict, actor, process, container, time);
        }
    }

    public void fileChange(int place, TreeProcess process, ContainerView container, FileChange change, long time) {
        count(Activity.CHANGES);
        if (change.getResult() < 0) {
            return;
        }
        Actor actor = actor(place, process, container, time);
        String call = strings.get(change.getCall());
        if (call.contains("chown")) {
            capability(UsedCapabilities.CHOWN, actor, process, container, time);
        } else if (call.startsWith("mknod") && change.getDevice() != 0) {
            capability(UsedCapabilities.MKNOD, actor, process, container, time);
        }
        if (kinds.contains(ItemKind.FILE)) {
            String path = strings.get(change.getPath());
            observe(ItemKind.FILE, "change " + shape.path(path), path, actor, process, container, time);
            String second = strings.get(change.getSecondPath());
            if (!second.isEmpty() && second.charAt(0) == '/' && !call.startsWith("symlink")) {
                observe(ItemKind.FILE, "change " + shape.path(second), second, actor, process, container, time);
            }
        }
    }

    /** @param hostName that the pod asked DNS for to get the address; empty: none */
    public void connect(
            int place, TreeProcess process, ContainerView container, Connect connect, String hostName, long time) {
        if (connect.getFamily() != AF_INET && connect.getFamily() != AF_INET6) {
            return;
        }
        count(Activity.CONNECTIONS);
        destination(strings.get(connect.getAddress()), connect.getPort(), connect.getFamily(),
                connect.getType() == SOCK_DGRAM, hostName, actor(place, process, container, time), process, container,
                time);
    }

    public void socketCall(
            int place, TreeProcess process, ContainerView container, SocketCall call, String hostName, long time) {
        int family = call.getFamily();
        boolean ip = family == AF_INET || family == AF_INET6;
        if (call.getResult() < 0 || !ip && family != AF_PACKET) {
            return;
        }
        String name = strings.get(call.getCall());
        Actor actor = actor(place, process, container, time);
        boolean datagrams = call.getType() == SOCK_DGRAM;
        switch (name) {
            case "socket" -> {
                if (family == AF_PACKET || call.getType() == SOCK_RAW) {
                    capability(UsedCapabilities.NET_RAW, actor, process, container, time);
                }
            }
            case "bind" -> {
                if (ip && call.getLocalPort() > 0 && call.getLocalPort() < PRIVILEGED) {
                    capability(UsedCapabilities.NET_BIND_SERVICE, actor, process, container, time);
                }
                if (ip && datagrams) {
                    listens(call.getLocalPort(), "/udp", actor, process, container, time);
                }
            }
            case "listen" -> listens(call.getLocalPort(), "/tcp", actor, process, container, time);
            case "sendto", "sendmsg", "sendmmsg" -> {
                if (ip && datagrams && call.getRemotePort() != 0) {
                    destination(strings.get(call.getRemoteAddress()), call.getRemotePort(), family, true, hostName,
                            actor, process, container, time);
                }
            }
            default -> { }
        }
    }

    public void dns(int place, TreeProcess process, ContainerView container, Dns dns, long time) {
        String name = strings.get(dns.getName());
        if (dns.getResponse() || name.isEmpty()) {
            return;
        }
        count(Activity.QUESTIONS);
        if (kinds.contains(ItemKind.DNS)) {
            observe(ItemKind.DNS, shape.domain(name).toString(), name, actor(place, process, container, time), process,
                    container, time);
        }
    }

    /** Of any other system call. */
    public void call(int place, TreeProcess process, ContainerView container, String name, long result, long time) {
        if (result >= 0) {
            int capability = UsedCapabilities.of(name);
            if (capability >= 0) {
                capability(capability, actor(place, process, container, time), process, container, time);
            }
        }
    }

    public void syscallCounts(ContainerView container, SyscallCounts counts, long time) {
        if (!kinds.contains(ItemKind.SYSCALL) || container.id().isEmpty()) {
            return;
        }
        ObservedCalls calls = new ObservedCalls();
        calls.image = image(container);
        calls.imageName = container.image();
        calls.containerId = container.id();
        calls.from = time - counts.getInterval();
        calls.counts = new long[counts.getCalls().size()];
        for (int i = 0; i < calls.counts.length; i++) {
            calls.names.add(strings.get(counts.getCalls().get(i)));
            calls.counts[i] = counts.getCounts().get(i);
        }
        observation.calls.add(calls);
    }

    /** Digest of the image, its name while that is unknown. */
    private static String image(ContainerView container) {
        return container.imageDigest().isEmpty() ? container.image() : container.imageDigest();
    }

    private void count(Activity what) {
        if (rates) {
            activity[what.ordinal()]++;
        }
    }

    private void listens(
            int port, String protocol, Actor actor, TreeProcess process, ContainerView container, long time) {
        if (kinds.contains(ItemKind.LISTEN)) {
            String item = port == 0 || port >= EPHEMERAL ? "ephemeral" + protocol : port + protocol;
            observe(ItemKind.LISTEN, item, "", actor, process, container, time);
        }
    }

    private void capability(int number, Actor actor, TreeProcess process, ContainerView container, long time) {
        if (kinds.contains(ItemKind.CAPABILITY) && UsedCapabilities.has(process.capEffective(), number)) {
            observe(ItemKind.CAPABILITY, UsedCapabilities.name(number), "", actor, process, container, time);
        }
    }

    private void destination(
            String address, int port, int family, boolean datagrams, String hostName, Actor actor, TreeProcess process,
            ContainerView container, long time) {
        if (!kinds.contains(ItemKind.CONNECT) || address.isEmpty()) {
            return;
        }
        String end = ":" + port + (datagrams ? "/udp" : "");
        String numeric = family == AF_INET ? address + end : '[' + address + ']' + end;
        String item = hostName.isEmpty() ? numeric : shape.domain(hostName) + end;
        SeenItems.Verdict verdict = seen.see(hash(ItemKind.CONNECT, actor, numeric), time);
        if (verdict != SeenItems.Verdict.KNOWN) {
            add(ItemKind.CONNECT, item, hostName.isEmpty() ? "" : numeric, numeric, verdict, actor, process, container,
                    time);
        }
    }

    private void observe(
            ItemKind kind, String item, String example, Actor actor, TreeProcess process, ContainerView container,
            long time) {
        SeenItems.Verdict verdict = seen.see(hash(kind, actor, item), time);
        if (verdict != SeenItems.Verdict.KNOWN) {
            add(kind, item, "", example, verdict, actor, process, container, time);
        }
    }

    private void add(
            ItemKind kind, String item, String alternative, String example, SeenItems.Verdict verdict, Actor actor,
            TreeProcess process, ContainerView container, long time) {
        boolean outside = allowance != null
                && !allowance.allows(kind, item, alternative, shape.path(process.exePath()).toString());
        // What is allowed must not take the room of what is not.
        if (observation.items.size() >= (outside ? 2 * MAX_ITEMS : MAX_ITEMS)
                || actor.reference < 0 && observation.processes.size() >= (outside ? 2 * MAX_PROCESSES : MAX_PROCESSES)) {
            full++;
            return;
        }
        if (actor.reference < 0) {
            actor.reference = observation.processes.size();
            observation.processes.add(new ObservedProcess(
                    ProcessRefs.of(batch.getBootId(), process, ProcessRefs.MAX_ARGS),
                    ProcessRefs.ancestors(batch.getBootId(), process)));
        }
        items++;
        ObservedItem observed = new ObservedItem();
        observed.kind = kind.word();
        observed.item = item;
        observed.alternative = alternative;
        observed.example = example.equals(item) || item.endsWith(example) ? ""
                : ProcessRefs.cut(example, Shape.MAX_CHARS);
        observed.image = image(container);
        observed.imageName = container.image();
        observed.containerId = container.id();
        observed.process = actor.reference;
        observed.time = time;
        observed.first = verdict == SeenItems.Verdict.FIRST;
        observed.outside = outside;
        observation.items.add(observed);
    }

    private Actor actor(int place, TreeProcess process, ContainerView container, long time) {
        Actor actor = actors[place];
        String exe = process.exePath();
        int uid = process.uid();
        if (actor.batch == batchNumber && actor.exe == exe && actor.uid == uid) { // the same string, for speed alone
            return actor;
        }
        actor.batch = batchNumber;
        actor.exe = exe;
        actor.uid = uid;
        actor.reference = -1;
        // By pod and program: the baseline tells drift of each.
        actor.hash = hasher.mix(hasher.mix(podHash, hasher.of(image(container))), hasher.of(exe));
        if (kinds.contains(ItemKind.USER)) {
            observe(ItemKind.USER, Integer.toString(uid), "", actor, process, container, time);
        }
        return actor;
    }

    private long pathHash(int string) {
        long hash = paths[string];
        if (hash == 0) {
            // Times four: the access is added.
            hash = shape.path(strings.get(string)).hash(hasher) << 2 | 4;
            paths[string] = hash;
        }
        return hash;
    }

    private long hash(ItemKind kind, Actor actor, String item) {
        return hasher.mix(actor.hash, hasher.mix(hasher.of(item), kind.ordinal()));
    }
}
