package io.kubeguardian.rules;

import static io.kubeguardian.rules.TestEvent.O_CLOEXEC;
import static io.kubeguardian.rules.TestEvent.O_CREAT;
import static io.kubeguardian.rules.TestEvent.O_DIRECTORY;
import static io.kubeguardian.rules.TestEvent.O_RDONLY;
import static io.kubeguardian.rules.TestEvent.O_WRONLY;
import static io.kubeguardian.rules.TestProcess.running;

import io.kubeguardian.rules.load.RuleFiles;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Events per second of processor time that one core evaluates, the best of some rounds. Not a test; run it with
 * {@code mvn -pl flink-jobs -am test-compile exec:java -Dexec.mainClass=io.kubeguardian.rules.RulesBenchmark
 * -Dexec.classpathScope=test}, or from an IDE.
 */
final class RulesBenchmark {
    private static final int EVENTS = 4096;
    private static final int ROUNDS = 7;
    private static final long ROUND_NANOS = 1_000_000_000L;

    private RulesBenchmark() {}

    public static void main(String[] args) {
        compile("the first time in this JVM");
        compile("the second time");
        List<TestEvent> events = events();
        report("KubeGuardian's own", RuleSet.loadBuiltIn(), events);
        Path stable = SharedData.find("falco/falco_rules.yaml");
        if (stable != null) {
            report("Falco's stable", RuleSet.loadPaths(List.of(stable)), events);
            report("Falco's three files", RuleSet.loadPaths(List.of(stable, stable.resolveSibling("falco-incubating_rules.yaml"),
                    stable.resolveSibling("falco-sandbox_rules.yaml"))), events);
        }
    }

    /** How long a bundle of all that there is takes; wall clock. */
    private static void compile(String when) {
        List<RuleSource> sources = new ArrayList<>();
        Path stable = SharedData.find("falco/falco_rules.yaml");
        if (stable != null) {
            sources.addAll(RuleFiles.read(List.of(stable, stable.resolveSibling("falco-incubating_rules.yaml"),
                    stable.resolveSibling("falco-sandbox_rules.yaml"))));
        }
        sources.addAll(RuleFiles.builtIn());
        long start = System.nanoTime();
        int rules = RuleSet.load(sources).rules().size();
        System.out.printf("compiling %d rules %s: %,d ms%n", rules, when, (System.nanoTime() - start) / 1_000_000);
    }

    private static void report(String name, RuleSet rules, List<TestEvent> events) {
        RuleMeter meter = new RuleMeter(rules);
        long[] found = new long[1];
        double best = 0;
        double metered = 0;
        // By turns, so that both see the same machine; the first of each is warm-up.
        for (int round = 0; round <= ROUNDS; round++) {
            double plain = rate(events, event -> rules.evaluate(event, hit -> found[0]++));
            double counted = rate(events, event -> meter.evaluate(event, hit -> found[0]++));
            best = round == 0 ? 0 : Math.max(best, plain);
            metered = round == 0 ? 0 : Math.max(metered, counted);
        }
        found[0] = 0;
        events.forEach(event -> rules.evaluate(event, hit -> found[0]++));
        System.out.printf("%-22s %3d rules  %,12.0f events/s on one core, %,12.0f with the meter (hits in 1000 events: %d)%n",
                name, rules.rules().size(), best, metered, found[0] * 1000 / events.size());
    }

    /** Events per second of one round. */
    private static double rate(List<TestEvent> events, Consumer<TestEvent> evaluation) {
        long evaluated = 0;
        long start = cpuTime();
        long now = start;
        while (now - start < ROUND_NANOS) {
            events.forEach(evaluation);
            evaluated += events.size();
            now = cpuTime();
        }
        return evaluated * 1e9 / (now - start);
    }

    /** Of this thread alone: other work on the machine does not count, though it still costs cache and clock. */
    private static long cpuTime() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /** 85 % opens, 8 % connections, 3 % exec, fork and exit: what a web service and its helpers do. */
    private static List<TestEvent> events() {
        Random random = new Random(42);
        TestProcess entrypoint = running("/bin/sh", "/entrypoint.sh", null);
        List<TestProcess> services = List.of(
                running("/usr/sbin/nginx", "-g daemon off;", entrypoint),
                running("/usr/bin/python3", "-m gunicorn shop.wsgi --workers 4", entrypoint),
                running("/usr/lib/jvm/bin/java", "-Xmx2g -jar /srv/app.jar --spring.profiles.active=prod", entrypoint),
                running("/usr/bin/node", "/srv/index.js", entrypoint));
        String[] paths = {"/etc/resolv.conf", "/etc/hosts", "/usr/lib/x86_64-linux-gnu/libssl.so.3", "/proc/self/status",
            "/srv/static/css/site.css", "/srv/app/templates/index.html", "/var/lib/app/cache/ab/cd/0042.bin", "/proc/1/stat",
            "/usr/lib/python3/dist-packages/shop/__init__.py", "/sys/fs/cgroup/memory.max", "/etc/ssl/certs/ca.pem"};
        List<TestEvent> events = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            TestProcess service = services.get(random.nextInt(services.size()));
            int kind = random.nextInt(100);
            if (kind < 85) {
                String path = paths[random.nextInt(paths.length)];
                int flags = kind < 65 ? O_RDONLY | O_CLOEXEC : kind < 75 ? O_RDONLY | O_DIRECTORY : O_WRONLY | O_CREAT;
                events.add(TestEvent.open(service, kind < 75 ? path : "/var/lib/app/data/" + i, flags));
            } else if (kind < 93) {
                events.add(TestEvent.connect(service, "10.0." + random.nextInt(256) + ".7", 5432));
            } else if (kind < 95) {
                events.add(TestEvent.exec(running("/usr/bin/convert", "-resize 100x100 in.png out.png", service)));
            } else {
                events.add(kind < 98 ? TestEvent.fork(service) : TestEvent.exit(service, 0));
            }
        }
        return events;
    }
}
