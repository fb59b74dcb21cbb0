package io.kubeguardian.benchmarks;

import io.kubeguardian.cli.stack.JavaChild;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The collector as it is shipped, in a process of its own. */
final class CollectorProcess implements AutoCloseable {
    private static final Pattern PORT = Pattern.compile("metricsPort=(\\d+)");

    private final JavaChild child;
    private final int metricsPort;
    private final HttpClient http = HttpClient.newHttpClient();

    private CollectorProcess(JavaChild child, int metricsPort) {
        this.child = child;
        this.metricsPort = metricsPort;
    }

    /**
     * Starts it, and returns when it is ready.
     *
     * @param settings environment variables of its configuration, beside the ones given here
     */
    static CollectorProcess start(Run run, Path cgroup, Map<String, String> settings, String... arguments)
            throws IOException {
        Path module = run.home().resolve("collector");
        Path classPath = module.resolve("target/classpath.txt");
        if (!Files.exists(classPath)) {
            throw new UnavailableException(classPath + " is missing: build first");
        }
        Map<String, String> environment = new HashMap<>(settings);
        environment.put("KUBEGUARDIAN_COLLECTOR_CGROUP", cgroup.toString());
        environment.put("KUBEGUARDIAN_COLLECTOR_METRICS_PORT", "0");
        Path log = run.scratch().resolve("collector-" + System.nanoTime() + ".log");
        JavaChild child = JavaChild.start("collector", module.resolve("collector.jvm"),
                module.resolve("target/collector-0.1.0-SNAPSHOT.jar") + ":" + Files.readString(classPath).strip(),
                "io.kubeguardian.collector.CollectorMain", List.of(arguments), environment, log,
                line -> line.startsWith("collector ready: "));
        try {
            child.awaitReady(Duration.ofSeconds(60));
            Matcher port = PORT.matcher(Files.readString(log));
            if (!port.find()) {
                throw new IllegalStateException(log + " names no metrics port");
            }
            return new CollectorProcess(child, Integer.parseInt(port.group(1)));
        } catch (RuntimeException e) {
            child.close();
            throw e;
        }
    }

    long pid() {
        return child.pid();
    }

    /** Sum over all labels of a metric, which must be there: none at all would look like zero. */
    double metric(String name) throws IOException, InterruptedException {
        return metric(name, "");
    }

    /** The same of those that have the label. @param label {@code name="value"}; empty: of all */
    double metric(String name, String label) throws IOException, InterruptedException {
        String metrics = http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + metricsPort + "/metrics")).build(),
                HttpResponse.BodyHandlers.ofString()).body();
        return Pattern.compile("(?m)^" + name + "(?:\\{([^}]*)\\})? (\\S+)$").matcher(metrics).results()
                .filter(line -> label.isEmpty() || (line.group(1) != null && line.group(1).contains(label)))
                .map((MatchResult line) -> Double.parseDouble(line.group(2))).reduce(Double::sum)
                .orElseThrow(() -> new IllegalStateException("no metric " + name));
    }

    /** Resident memory, megabytes of 2^20 bytes. */
    double residentMegabytes() throws IOException {
        return memory("VmRSS");
    }

    /** A part of it: {@code RssAnon} (its own), {@code RssFile} (mapped files, the kernel's rings among them); as above. */
    double memory(String field) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid() + "/status"))) {
            if (line.startsWith(field + ':')) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
            }
        }
        throw new IllegalStateException("process " + pid() + " is gone");
    }

    /** Processor time since its start, seconds. */
    double cpuSeconds() {
        return ProcessHandle.of(pid()).flatMap(process -> process.info().totalCpuDuration())
                .orElseThrow(() -> new IllegalStateException("process " + pid() + " is gone")).toMillis() / 1000.0;
    }

    @Override
    public void close() {
        http.close();
        child.close();
    }
}
