package io.kubeguardian.webhook.image;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A real registry: Debian's package docker-registry, as a process of its own on a loopback port. */
public final class DockerRegistry implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final Path folder;
    private final int port;
    private final String config;
    private Process process;

    private DockerRegistry(Path folder, int port, String config) {
        this.folder = folder;
        this.port = port;
        this.config = config;
    }

    /** Skips the test where the package is not installed. */
    public static DockerRegistry start(Path folder) throws IOException, InterruptedException {
        return start(folder, "", "");
    }

    /**
     * @param http more of the section {@code http}: its keys, two spaces deep
     * @param more further sections
     */
    static DockerRegistry start(Path folder, String http, String more) throws IOException, InterruptedException {
        Assumptions.assumeTrue(Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(place -> Files.isExecutable(Path.of(place, "docker-registry"))),
                "skipped: there is no docker-registry (Debian: apt-get install docker-registry)");
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        DockerRegistry registry = new DockerRegistry(folder, port, """
                version: 0.1
                log: {level: error, accesslog: {disabled: true}}
                storage:
                  filesystem: {rootdirectory: %s}
                  delete: {enabled: true}
                http:
                  addr: 127.0.0.1:%d
                %s
                %s
                """.formatted(folder.resolve("registry"), port, http, more));
        registry.restart();
        return registry;
    }

    /** Starts it, with what it had. */
    void restart() throws IOException, InterruptedException {
        Path file = folder.resolve("registry.yml");
        Files.writeString(file, config);
        process = new ProcessBuilder("docker-registry", "serve", file.toString()).redirectErrorStream(true)
                .redirectOutput(folder.resolve("registry.log").toFile()).start();
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!answers()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new AssertionError("docker-registry does not start: "
                        + Files.readString(folder.resolve("registry.log")));
            }
            Thread.sleep(20);
        }
    }

    private boolean answers() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    public String host() {
        return "127.0.0.1:" + port;
    }

    public void stop() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }

    @Override
    public void close() throws InterruptedException {
        stop();
    }
}
