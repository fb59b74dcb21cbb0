package io.kubeguardian.benchmarks;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Processor time of a process's threads, by what they do: Flink names a task's threads after its first operator, and the
 * JVM and RocksDB name theirs. Read from /proc, so threads that are not Java's are among them.
 */
final class TaskCpu {
    /** Nanoseconds by thread id; of threads that ended in between what they used is not known. */
    private final Map<String, Long> nanos = new HashMap<>();
    private final Map<String, String> names = new HashMap<>();

    private TaskCpu() {}

    /** Of this process. */
    static TaskCpu now() throws IOException {
        return of("self");
    }

    /** @param process its id, or {@code self} */
    static TaskCpu of(String process) throws IOException {
        TaskCpu now = new TaskCpu();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc", process, "task"))) {
            for (Path thread : threads) {
                now.read(thread);
            }
        }
        return now;
    }

    private void read(Path thread) {
        try {
            String id = thread.getFileName().toString();
            String running = Files.readString(thread.resolve("schedstat"));
            nanos.put(id, Long.parseLong(running.substring(0, running.indexOf(' '))));
            names.put(id, part(Files.readString(thread.resolve("comm")).strip()));
        } catch (IOException e) {
            // It ended just now.
        }
    }

    /** Nanoseconds since an earlier time, by part; what is shorter than a hundredth of a second is left out. */
    Map<String, Long> since(TaskCpu earlier) {
        Map<String, Long> parts = new TreeMap<>();
        nanos.forEach((id, total) -> parts.merge(names.get(id), total - earlier.nanos.getOrDefault(id, 0L), Long::sum));
        parts.values().removeIf(spent -> spent < 10_000_000);
        return parts;
    }

    /** A thread's name has 15 characters. */
    private static String part(String thread) {
        if (thread.startsWith("Source Data Fet")) {
            return "kafka-consumer";
        }
        if (thread.startsWith("Source: ")) {
            return thread.substring("Source: ".length());
        }
        if (thread.startsWith("GC Thread") || thread.startsWith("VM Thread") || thread.startsWith("G1 ")) {
            return "jvm-gc";
        }
        if (thread.startsWith("C1 Comp") || thread.startsWith("C2 Comp")) {
            return "jvm-compiler";
        }
        if (thread.startsWith("data-plane") || thread.startsWith("kafka-") && !thread.startsWith("kafka-producer")) {
            return "broker";
        }
        if (thread.startsWith("kafka-producer")) {
            return "kafka-producer";
        }
        if (thread.startsWith("rocksdb")) {
            return "rocksdb";
        }
        int end = 0;
        while (end < thread.length() && (Character.isLetter(thread.charAt(end)) || thread.charAt(end) == '-')) {
            end++;
        }
        String name = thread.substring(0, end).replaceAll("-+$", "");
        return name.isEmpty() ? "other" : name;
    }
}
