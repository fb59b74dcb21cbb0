package io.kubeguardian.benchmarks;

import io.kubeguardian.policy.manifest.ManifestReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;

/**
 * The baselines of a scan, as a process of its own: finds the files of a folder, reads them in as many threads as there are
 * processors, and does nothing with them. {@code reader} by the scan's own reader, {@code snakeyaml} by SnakeYAML's events.
 */
final class ParseOnly {
    private ParseOnly() {}

    public static void main(String[] arguments) throws Exception {
        boolean own = arguments[0].equals("reader");
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(Path.of(arguments[1]))) {
            all.filter(Files::isRegularFile).forEach(files::add);
        }
        AtomicInteger next = new AtomicInteger();
        AtomicLong read = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            Thread thread = new Thread(() -> {
                ManifestReader reader = new ManifestReader();
                for (int k = next.getAndIncrement(); k < files.size(); k = next.getAndIncrement()) {
                    read.addAndGet(own ? own(reader, files.get(k)) : events(files.get(k)));
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        System.out.println(read.get());
    }

    private static long own(ManifestReader reader, Path file) {
        return reader.read(bytes(file)).documents().size();
    }

    private static long events(Path file) {
        long events = 0;
        for (var event : new Yaml().parse(new StringReader(new String(bytes(file), StandardCharsets.UTF_8)))) {
            events += event == null ? 0 : 1;
        }
        return events;
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
