package io.kubeguardian.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.stack.Cgroups;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Looks for what a run left behind: child processes, cgroups, BPF programs, its folder. */
final class Leftovers {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Pattern PROGRAM = Pattern.compile("(?m)^prog_id:\\s+(\\d+)$");

    /** Ids of the BPF programs that children of this process have had open: others' are none of ours. */
    private final Set<Integer> programs = new TreeSet<>();

    /** While the children run: remembers what they hold in the kernel. */
    void note() {
        ProcessHandle.current().descendants().forEach(child -> {
            try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/" + child.pid() + "/fdinfo"))) {
                for (Path descriptor : descriptors) {
                    PROGRAM.matcher(Files.readString(descriptor)).results()
                            .forEach(found -> programs.add(Integer.parseInt(found.group(1))));
                }
            } catch (IOException | DirectoryIteratorException | UncheckedIOException e) {
                // It has ended, or a descriptor was closed meanwhile.
            }
        });
    }

    /**
     * What is still there; empty when nothing is.
     *
     * @param folder the run's folder, which should be gone; null when it is kept on purpose
     */
    String after(Path folder) {
        List<String> left = new ArrayList<>();
        // The kernel frees programs some milliseconds after their last user has gone.
        for (int attempt = 0; attempt < 60; attempt++) {
            left = look(folder);
            if (left.isEmpty()) {
                break;
            }
            Interrupted.sleep(Duration.ofMillis(50));
        }
        return String.join(", ", left);
    }

    private List<String> look(Path folder) {
        List<String> left = new ArrayList<>();
        ProcessHandle.current().descendants().filter(ProcessHandle::isAlive)
                .forEach(p -> left.add("process " + p.pid() + " " + p.info().command().orElse("")));
        if (folder != null && Files.exists(folder)) {
            left.add("folder " + folder);
        }
        String ownCgroup = "kubeguardian-demo-" + ProcessHandle.current().pid();
        try (Stream<Path> cgroups = Files.list(Cgroups.mountPoint())) {
            cgroups.filter(c -> c.getFileName().toString().equals(ownCgroup)).forEach(c -> left.add("cgroup " + c));
        } catch (IOException | RuntimeException e) {
            // No cgroup v2 here, so none of ours either.
        }
        Set<Integer> now = bpfPrograms();
        now.retainAll(programs);
        if (!now.isEmpty()) {
            left.add("BPF programs " + now);
        }
        return left;
    }

    /** Ids of the BPF programs in the kernel; empty where bpftool is not installed or not allowed. */
    private static Set<Integer> bpfPrograms() {
        try {
            Process process = new ProcessBuilder("bpftool", "--json", "prog", "show")
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            JsonNode programs = JSON.readTree(process.getInputStream().readAllBytes());
            if (process.waitFor() != 0 || !programs.isArray()) {
                return new TreeSet<>();
            }
            return programs.valueStream().map(p -> p.path("id").asInt()).collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            return new TreeSet<>();
        } catch (InterruptedException e) {
            throw new Interrupted(e);
        }
    }
}
