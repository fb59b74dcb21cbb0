package io.kubeguardian.cli.demo;

import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The demo's throw-away container: own pid, mount, network, IPC and host-name namespaces, a cgroup named as the
 * kubelet and containerd name them, an overlay file system; the service in it, and outside of it (but in its network)
 * the service's database and the attacker's two servers.
 */
final class Container implements AutoCloseable {
    static final int SERVICE_PORT = 8080;
    static final int DATABASE_PORT = 5432;
    static final int DROP_PORT = 4444;
    static final int HOME_PORT = 4445;

    /** @param status 0 when the service answered with 200 */
    record Response(int status, String body) {}

    private final Path programs;
    private final List<Path> cgroups = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();
    private Path containerCgroup;
    private long firstPid;

    /**
     * @param programs the output of {@code cli/demo/build.sh}
     * @param root the monitored cgroup, which stands for the kubelet's {@code kubepods.slice}
     * @param work an empty folder to mount on
     */
    static Container start(Path script, Path programs, Path root, DemoWorkload workload, Path work) {
        Container container = new Container(programs);
        try {
            container.makeCgroups(root, workload);
            container.run(script, work);
            container.listen(DATABASE_PORT, null);
            container.listen(DROP_PORT, programs.resolve("beacon"));
            container.listen(HOME_PORT, null);
            return container;
        } catch (IOException e) {
            container.close();
            throw new UncheckedIOException("cannot start the demo's container", e);
        } catch (RuntimeException e) {
            container.close();
            throw e;
        }
    }

    private Container(Path programs) {
        this.programs = programs;
    }

    private void makeCgroups(Path root, DemoWorkload workload) throws IOException {
        String pod = "kubepods-burstable-pod" + workload.podUid().replace('-', '_') + ".slice";
        Path cgroup = root;
        for (String name : List.of("kubepods-burstable.slice", pod, "cri-containerd-" + workload.containerId() + ".scope")) {
            cgroup = cgroup.resolve(name);
            Files.createDirectory(cgroup);
            cgroups.addFirst(cgroup);
        }
        containerCgroup = cgroup;
    }

    private void run(Path script, Path work) throws IOException {
        Path mountPoint = Files.createDirectory(work.resolve("container"));
        Path log = work.resolve("logs/container.log");
        Process process = new ProcessBuilder(script.toString(), programs.resolve("rootfs").toString(),
                containerCgroup.toString(), mountPoint.toString(), "/srv/orders", "/etc/orders.conf")
                .redirectErrorStream(true).redirectOutput(log.toFile()).start();
        processes.add(process);
        for (int attempt = 0; attempt < 100; attempt++) {
            List<String> pids = Files.readAllLines(containerCgroup.resolve("cgroup.procs"));
            if (!pids.isEmpty()) {
                firstPid = Long.parseLong(pids.getFirst());
                return;
            }
            if (!process.isAlive()) {
                break;
            }
            Interrupted.sleep(Duration.ofMillis(50));
        }
        throw new UserError("the container does not start: " + Files.readString(log).strip());
    }

    private void listen(int port, Path file) throws IOException {
        List<String> command = inNetwork("listen", Integer.toString(port));
        if (file != null) {
            command.add(file.toString());
        }
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        processes.add(process);
        var lines = process.inputReader(StandardCharsets.UTF_8);
        if (lines.readLine() == null) {
            throw new UserError("port " + port + " cannot be served in the container's network");
        }
        Thread.ofVirtual().start(() -> lines.lines().forEach(line -> {})); // keeps its pipe from filling up
    }

    /** Sends a GET to the service, as its users and its attacker do. */
    Response get(String path) {
        try {
            Process process = new ProcessBuilder(inNetwork("get", Integer.toString(SERVICE_PORT), path))
                    .redirectErrorStream(true).start();
            String body = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return new Response(process.waitFor(), body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new Interrupted(e);
        }
    }

    private List<String> inNetwork(String... command) {
        List<String> line = new ArrayList<>(List.of("nsenter", "--target", Long.toString(firstPid), "--net",
                programs.resolve("netpeer").toString()));
        line.addAll(List.of(command));
        return line;
    }

    /** Kills everything in the container, stops its peers, removes its cgroups. */
    @Override
    public void close() {
        try {
            if (containerCgroup != null && Files.exists(containerCgroup)) {
                Files.writeString(containerCgroup.resolve("cgroup.kill"), "1");
            }
            for (Process process : processes) {
                process.destroyForcibly();
                process.waitFor(5, TimeUnit.SECONDS);
            }
            for (Path cgroup : cgroups) {
                remove(cgroup);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot take the demo's container down", e);
        } catch (InterruptedException e) {
            throw new Interrupted(e);
        }
    }

    /** A cgroup can be removed once the kernel has reaped its last process: shortly after the kill. */
    private static void remove(Path cgroup) throws IOException {
        for (int attempt = 0; Files.exists(cgroup); attempt++) {
            try {
                Files.delete(cgroup);
            } catch (IOException e) {
                if (attempt == 100) {
                    throw e;
                }
                Interrupted.sleep(Duration.ofMillis(50));
            }
        }
    }
}
