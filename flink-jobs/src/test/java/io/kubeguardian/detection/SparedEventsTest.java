package io.kubeguardian.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.intel.IntelSet;
import io.kubeguardian.process.HeldProcesses;
import io.kubeguardian.process.NodeStore;
import io.kubeguardian.process.ProcessTree;
import io.kubeguardian.process.TreeProcess;
import io.kubeguardian.rules.ContainerView;
import io.kubeguardian.rules.EventView;
import io.kubeguardian.rules.RuleMeter;
import io.kubeguardian.rules.RuleSet;
import io.kubeguardian.rules.RuleSource;
import io.kubeguardian.rules.load.RuleFiles;
import io.kubeguardian.schema.ContainerMetadata;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.PodMetadata;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** An event that is not evaluated, because one like it was, would have had no hit: whatever the rules ask for. */
class SparedEventsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long START = 1_700_000_000L * SECOND;
    private static final String CONTAINER = "ab".repeat(32);
    private static final String[] PROGRAMS = {"/usr/sbin/nginx", "/bin/sh", "/usr/bin/curl", "/tmp/x", "/usr/bin/python3"};
    private static final String[] PATHS = {"/etc/shadow", "/etc/hosts", "/root/.ssh/id_rsa", "/proc/1/environ", "/srv/a",
        "/var/run/secrets/kubernetes.io/serviceaccount/token", "/etc/cron.d/job", "/dev/sda", "/tmp/../etc/shadow"};
    private static final String[] ADDRESSES = {"10.0.0.5", "169.254.169.254", "203.0.113.7", "127.0.0.1"};

    /** Of what most rules do not ask: each makes the answer depend on something else. */
    private static final String ASKING_MORE = rule("late", "evt.type = openat and evt.rawtime.s = 1700000007")
            + rule("pid", "evt.type = openat and proc.pid = 101") + rule("first", "evt.type = execve and proc.vpid = 1")
            + rule("parent is first", "evt.type = execve and proc.pvpid = 1")
            + rule("fd", "evt.type = openat and fd.num = 5") + rule("failed", "evt.type = openat and fd.num < 0")
            + rule("errno", "evt.type = openat and evt.res = EACCES") + rule("raw", "evt.type = openat and fd.nameraw contains ../")
            + rule("name", "evt.type = connect and fd.sip.name = pool.example") + rule("port", "evt.type = connect and fd.lport = 7")
            + rule("young", "evt.type = openat and proc.duration < 3000000000")
            + rule("parent", "evt.type = openat and proc.pname = sh") + rule("label", "evt.type = openat and k8s.pod.label[a] = b");

    private final Random random = new Random(11);
    private Compared compared;
    private final ProcessTree tree = new ProcessTree(NodeStore.NONE, 64);
    private final HeldProcesses processes = HeldProcesses.ofNewPod();
    private final HostNames names = new HostNamesInMemory();

    @Test
    void whatIsSparedOfOurOwnRulesWouldHaveHadNoHit() throws Exception {
        evaluate(RuleFiles.builtIn());

        assertThat(compared.differences).isEmpty();
        assertThat(compared.hits).as("the events are not all harmless").isGreaterThan(1_000);
        assertThat(compared.meter.spared()).as("spared of %s", compared.meter.events())
                .isGreaterThan(2_000);
    }

    @Test
    void rulesThatAskForMoreAreAskedEachTime() throws Exception {
        List<RuleSource> sources = new ArrayList<>(RuleFiles.builtIn());
        sources.add(new RuleSource("more.yaml", ASKING_MORE.getBytes(StandardCharsets.UTF_8)));

        evaluate(sources);

        assertThat(compared.differences).isEmpty();
        assertThat(compared.hits).isGreaterThan(1_000);
    }

    private void evaluate(List<RuleSource> sources) throws Exception {
        compared = new Compared(RuleSet.load(sources));
        BatchEvaluation evaluation = new BatchEvaluation(tree, compared, new Ignored());
        PodContext context = null;
        PodMetadata metadata = null;
        for (int i = 0; i < 1_500; i++) {
            EventBatch batch = batch(i);
            if (i % 300 == 100) {
                metadata = metadata(i % 600 == 100 ? "b" : "c");
            }
            if (context == null || !context.isOf(batch, metadata)) {
                context = new PodContext(batch, metadata);
            }
            if (i % 200 == 0) {
                names.learned("pool" + i % 400 + ".example", List.of(ADDRESSES[2]), START);
                names.learned(i % 400 == 0 ? "pool.example" : "other.example", List.of(ADDRESSES[0]), START);
            }
            tree.begin(processes);
            evaluation.run(batch, context, names, IntelSet.EMPTY, null);
            tree.commit();
            tree.sweep(START + (i - 10) * SECOND / 10);
        }
    }

    private EventBatch batch(int i) {
        EventBatchBuilder batch = new EventBatchBuilder();
        long time = START + i * SECOND / 10;
        int pid = 100 + random.nextInt(6);
        String program = PROGRAMS[random.nextInt(PROGRAMS.length)];
        String name = program.substring(program.lastIndexOf('/') + 1);
        int process = batch.process(pid, random.nextInt(3), pid, random.nextInt(5) == 0 ? "" : CONTAINER, name,
                random.nextInt(2) * 1000, 0);
        if (random.nextInt(3) == 0) {
            int parent = 100 + random.nextInt(6);
            batch.addExec(time, process, parent, parent, program, List.of(program, "-c", "x" + random.nextInt(2)), "/", 0);
        }
        for (int n = 0; n < 12; n++) {
            time += 1000;
            String path = random.nextInt(6) == 0 ? "/srv/" + i + n : PATHS[random.nextInt(PATHS.length)];
            int result = random.nextInt(4) == 0 ? -13 : 3 + random.nextInt(3);
            batch.addOpen(time, process, path, random.nextInt(3) == 0 ? 0101 : 02000000, 0, result, 0);
        }
        for (int n = 0; n < 4; n++) {
            time += 1000;
            batch.addConnect(time, process, 2, ADDRESSES[random.nextInt(ADDRESSES.length)], 443 + random.nextInt(2), 0, 0);
        }
        if (random.nextInt(4) == 0) {
            batch.addExit(time + 1000, process, 0);
        }
        EventBatch built = batch.build();
        built.setPodUid("uid");
        return built;
    }

    private static PodMetadata metadata(String label) {
        return PodMetadata.newBuilder().setCluster("c").setUid("uid").setNamespace("shop").setName("orders").setNode("n")
                .setWorkloadKind("Deployment").setWorkloadName("orders").setLabels(Map.of("a", label)).setUpdatedAt(1)
                .setContainers(List.of(ContainerMetadata.newBuilder().setId(CONTAINER).setName("main").setImage("i").build()))
                .build();
    }

    private static String rule(String name, String condition) {
        return "- rule: " + name + "\n  desc: d\n  condition: " + condition + "\n  output: x\n  priority: NOTICE\n";
    }

    /** Judges each event with and without what is remembered. */
    private static final class Compared implements Detector {
        private final RuleSet rules;
        private final RuleMeter meter;
        private final List<String> differences = new ArrayList<>();
        private int hits;

        Compared(RuleSet rules) {
            this.rules = rules;
            this.meter = new RuleMeter(rules);
        }

        @Override
        public void evaluate(EventView event, HitSink sink) {
            List<String> remembering = new ArrayList<>();
            List<String> anew = new ArrayList<>();
            meter.evaluate(event, hit -> remembering.add(hit.rule().name()));
            rules.evaluate(event, hit -> anew.add(hit.rule().name()));
            hits += anew.size();
            if (!anew.equals(remembering)) {
                differences.add(event.type() + " " + event.path() + ": " + remembering + " instead of " + anew);
            }
        }
    }

    private static final class Ignored implements BatchEvaluation.Output {
        @Override
        public void hit(Hit hit, TreeProcess process, ContainerView container, long time) {}

        @Override
        public void failed(EventView event, RuntimeException problem) {
            throw problem;
        }
    }
}
