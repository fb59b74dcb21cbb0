package io.kubeguardian.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * Kafka's own broker and controller (KRaft, one node) inside this JVM, on loopback, with its data in a folder that
 * goes away with it. For the one-machine stack and the tests: a real broker, never a mock.
 */
public final class EmbeddedKafka implements AutoCloseable {
    private static final int NODE_ID = 1;

    private final Path folder;
    private final int port;
    private final Map<String, String> settings;
    private final String guestServers;
    private KafkaRaftServer server;

    private EmbeddedKafka(Path folder, int port, Map<String, String> settings, String guestServers) {
        this.folder = folder;
        this.port = port;
        this.settings = settings;
        this.guestServers = guestServers;
        this.server = serve(settings);
    }

    /** As {@link #start(int, Path)}, on any free port and in a new temporary folder. */
    public static EmbeddedKafka start() {
        return start(0, temporaryFolder());
    }

    /**
     * As {@link #start()}, and with a second listener on loopback for clients that know this machine's loopback under
     * another address, as virtual machines do ({@link #guestBootstrapServers()}).
     *
     * @param address that address
     */
    public static EmbeddedKafka startForGuests(String address) {
        return start(0, temporaryFolder(), Map.of(), address);
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("kubeguardian-kafka-");
        } catch (IOException e) {
            throw new IllegalStateException("cannot make a temporary folder for Kafka: " + e.getMessage(), e);
        }
    }

    /**
     * Starts a broker and waits until it serves.
     *
     * @param port the port to listen on; 0 or a taken one: any free port ({@link #port()} tells which)
     * @param folder where its data goes; deleted by {@link #close()}
     * @throws IllegalStateException when it does not start
     */
    public static EmbeddedKafka start(int port, Path folder) {
        return start(port, folder, Map.of());
    }

    /**
     * As {@link #start(int, Path)}.
     *
     * @param more broker settings, on top of its own; the listener for clients is called CLIENT
     */
    public static EmbeddedKafka start(int port, Path folder, Map<String, String> more) {
        return start(port, folder, more, null);
    }

    private static EmbeddedKafka start(int port, Path folder, Map<String, String> more, String guestAddress) {
        RuntimeException last = null;
        // A free port is found by binding and letting go: another process may take it in between, so try again.
        for (int attempt = 0; attempt < 5; attempt++) {
            Path data = folder.resolve("data-" + attempt);
            try {
                int clientPort = attempt == 0 && free(port) ? port : freePort();
                Listeners listeners = new Listeners(clientPort, freePort(), guestAddress == null ? 0 : freePort(), guestAddress);
                Map<String, String> settings = settings(listeners, data);
                settings.putAll(more);
                format(data);
                return new EmbeddedKafka(folder, clientPort, settings, listeners.guestServers());
            } catch (RuntimeException e) {
                last = e;
            } catch (IOException e) {
                last = new IllegalStateException(e);
            }
        }
        delete(folder);
        throw new IllegalStateException("Kafka does not start: " + last.getMessage(), last);
    }

    /** @param guestAddress under which guests know this machine's loopback, or null: no listener for them */
    private record Listeners(int clientPort, int controllerPort, int guestPort, String guestAddress) {
        String bound() {
            return "CLIENT://127.0.0.1:" + clientPort + ",CONTROLLER://127.0.0.1:" + controllerPort
                    + (guestAddress == null ? "" : ",GUEST://127.0.0.1:" + guestPort);
        }

        String advertised() {
            return "CLIENT://127.0.0.1:" + clientPort + (guestAddress == null ? "" : ",GUEST://" + guestServers());
        }

        String guestServers() {
            return guestAddress + ':' + guestPort;
        }
    }

    private static Map<String, String> settings(Listeners listeners, Path data) {
        Map<String, String> settings = new HashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", Integer.toString(NODE_ID));
        settings.put("listeners", listeners.bound());
        settings.put("advertised.listeners", listeners.advertised());
        settings.put("inter.broker.listener.name", "CLIENT");
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("listener.security.protocol.map", "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT,GUEST:PLAINTEXT");
        settings.put("controller.quorum.voters", NODE_ID + "@127.0.0.1:" + listeners.controllerPort());
        settings.put("log.dirs", data.toString());
        settings.put("auto.create.topics.enable", "false");
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("offsets.topic.num.partitions", "4");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.num.partitions", "4");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "4");
        settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(4 << 20));
        settings.put("controlled.shutdown.enable", "false");
        return settings;
    }

    private static void format(Path data) throws IOException {
        Files.createDirectories(data);
        Formatter formatter = new Formatter();
        formatter.setPrintStream(new java.io.PrintStream(java.io.OutputStream.nullOutputStream()));
        formatter.setNodeId(NODE_ID);
        formatter.setClusterId(Uuid.randomUuid().toString());
        formatter.setControllerListenerName("CONTROLLER");
        formatter.setMetadataLogDirectory(data.toString());
        formatter.setDirectories(List.of(data.toString()));
        try {
            formatter.run();
        } catch (Exception e) {
            throw new IllegalStateException("cannot format " + data + ": " + e.getMessage(), e);
        }
    }

    private static KafkaRaftServer serve(Map<String, String> settings) {
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings), Time.SYSTEM);
        try {
            server.startup();
        } catch (RuntimeException e) {
            server.shutdown();
            throw e;
        }
        return server;
    }

    /** host:port for clients. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** host:port for clients in a guest, of a broker {@linkplain #startForGuests started for guests}. */
    public String guestBootstrapServers() {
        return guestServers;
    }

    public int port() {
        return port;
    }

    /** Client properties that reach this broker. */
    public Map<String, Object> clientProperties() {
        return new HashMap<>(Map.of("bootstrap.servers", bootstrapServers()));
    }

    /** Stops the broker; its data stays. */
    public void stop() {
        server.shutdown();
        server.awaitShutdown();
    }

    /** Starts the broker again after {@link #stop}, on the same port with the same data; files it is set up with are read anew. */
    public void restart() {
        server = serve(settings);
    }

    /** Stops the broker and deletes its data. */
    @Override
    public void close() {
        stop();
        delete(folder);
    }

    private static boolean free(int port) {
        if (port == 0) {
            return false;
        }
        try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return probe.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    private static void delete(Path folder) {
        try {
            Utils.delete(folder.toFile());
        } catch (IOException e) {
            throw new IllegalStateException("cannot delete " + folder + ": " + e.getMessage(), e);
        }
    }
}
