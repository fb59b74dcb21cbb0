package io.kubeguardian.webhook;

import io.kubeguardian.config.ConfigException;
import io.kubeguardian.policy.user.PolicyException;
import io.kubeguardian.policy.user.PolicyReader;
import io.kubeguardian.policy.user.UserPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Policies of a file or of a folder's {@code .yaml}, {@code .yml} and {@code .json} files, read again when they change: by
 * content, because a mounted ConfigMap changes by a link to another folder. What cannot be read as a whole changes nothing.
 */
final class PolicyFiles implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyFiles.class);
    private static final Duration PACE = Duration.ofSeconds(2);
    /** A ConfigMap holds a megabyte. */
    private static final long MOST_BYTES = 16 << 20;

    private final Path place;
    private final PolicySet policies;
    private final WebhookMetrics metrics;
    private final Thread thread;
    private Map<Path, byte[]> last = Map.of();
    /** Told once, until they can be read again. */
    private boolean unreadable;

    /** @throws ConfigException when they cannot be read now: a webhook that starts without its policies would let through */
    PolicyFiles(Path place, PolicySet policies, WebhookMetrics metrics) {
        this.place = place;
        this.policies = policies;
        this.metrics = metrics;
        try {
            load(contents());
        } catch (IOException | PolicyException e) {
            throw new ConfigException("admission.policies: " + e.getMessage(), e);
        }
        this.thread = Thread.ofPlatform().name("policy-files").daemon().start(this::follow);
    }

    private void follow() {
        while (true) {
            try {
                Thread.sleep(PACE);
            } catch (InterruptedException e) {
                return;
            }
            look();
        }
    }

    /** Reads again what has changed. */
    void look() {
        Map<Path, byte[]> now = null;
        try {
            now = contents();
            unreadable = false;
            if (!same(now, last)) {
                load(now);
                LOG.info("event=policies-read place={} policies={}", place, policies.inForce().size());
            }
        } catch (IOException | PolicyException | RuntimeException e) {
            if (now == null && unreadable) {
                return;
            }
            unreadable = now == null;
            last = now == null ? last : now; // told once
            metrics.policyFailures.inc();
            LOG.warn("event=policies-refused place={} consequence=\"those before stay\" error=\"{}\"", place,
                    Text.oneLine(String.valueOf(e.getMessage()), 600));
        }
    }

    private void load(Map<Path, byte[]> contents) throws PolicyException {
        PolicyReader reader = new PolicyReader();
        List<UserPolicy> read = new ArrayList<>();
        for (Map.Entry<Path, byte[]> file : contents.entrySet()) {
            read.addAll(reader.read(file.getKey().toString(), file.getValue()));
        }
        policies.files(read);
        last = contents;
    }

    private Map<Path, byte[]> contents() throws IOException {
        List<Path> files = List.of(place);
        if (Files.isDirectory(place)) {
            // Not below: a mounted ConfigMap keeps each version in a hidden folder beside the links.
            try (Stream<Path> entries = Files.list(place)) {
                files = entries.filter(file -> file.toString().matches(".*\\.(ya?ml|json)") && Files.isRegularFile(file)).toList();
            }
        }
        Map<Path, byte[]> contents = new TreeMap<>();
        long bytes = 0;
        for (Path file : files) {
            bytes += Files.size(file);
            if (bytes > MOST_BYTES) {
                throw new IOException(place + " holds more than " + (MOST_BYTES >> 20) + " MiB");
            }
            contents.put(file, Files.readAllBytes(file));
        }
        return contents;
    }

    private static boolean same(Map<Path, byte[]> one, Map<Path, byte[]> other) {
        return one.keySet().equals(other.keySet())
                && one.entrySet().stream().allMatch(file -> Arrays.equals(file.getValue(), other.get(file.getKey())));
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
