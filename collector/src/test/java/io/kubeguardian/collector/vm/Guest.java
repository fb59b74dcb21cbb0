package io.kubeguardian.collector.vm;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A running machine with the kernel and the file system of {@code collector/vm/build.sh}, emulated by qemu. It takes
 * scripts, one at a time, over a virtio port (the protocol is in {@code collector/vm/init}), and reaches the broker of
 * the test at {@link #HOST}. What its kernel says is in {@link #console()}.
 *
 * <p>It never outlives the test: it ends itself when the other end of the port goes away (a killed JVM), when its
 * kernel panics, and in any case after {@link #LONGEST_LIFE}.
 */
public final class Guest implements AutoCloseable {
    /** This machine's loopback as the guest sees it: the gateway of qemu's user network. */
    public static final String HOST = "10.0.2.2";

    private static final String LONGEST_LIFE = "900"; // seconds
    private static final int BOOT_SECONDS = 120; // a busy machine emulates slowly
    private static final int LONGEST_LINE = 100;

    /** How a script ended. @param status exit code, or 128 + signal */
    public record Ended(int status, String output) {}

    private final Process process;
    private final List<ProcessHandle> emulator;
    private final Path console;
    private final Path folder;
    private final SocketChannel port;
    private final double bootSeconds;

    private Guest(Process process, Path console, Path folder, SocketChannel port) throws IOException {
        this.process = process;
        this.console = console;
        this.folder = folder;
        this.port = port;
        this.emulator = process.children().toList();
        this.bootSeconds = Double.parseDouble(within(BOOT_SECONDS, this::readLine).replace("up ", ""));
    }

    /**
     * Boots, and waits until scripts can be run.
     *
     * @param image folder with the result of build.sh; the console's log goes there too
     */
    static Guest boot(Path image) throws IOException {
        Path folder = Files.createTempDirectory("kubeguardian-vm-");
        Path socket = folder.resolve("agent");
        long own = ProcessHandle.current().pid(); // tests run in two JVMs
        Path console = image.resolve("console-" + own + ".log");
        Path log = image.resolve("qemu-" + own + ".log");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            Process process = new ProcessBuilder("timeout", "--kill-after=5", LONGEST_LIFE,
                    "qemu-system-x86_64", "-accel", "tcg", "-cpu", "max,la57=off", "-smp", "2", "-m", "1024",
                    "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
                    "-kernel", image.resolve("kernel/vmlinuz").toString(),
                    "-initrd", image.resolve("initramfs.cpio").toString(),
                    "-append", "console=ttyS0 panic=-1 quiet mitigations=off lsm=landlock,lockdown,yama,bpf",
                    "-serial", "file:" + console,
                    "-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net,romfile=",
                    "-chardev", "socket,id=agent,path=" + socket,
                    "-device", "virtio-serial-pci", "-device", "virtserialport,chardev=agent,name=agent")
                    .redirectErrorStream(true).redirectOutput(log.toFile()).start();
            process.onExit().thenRun(() -> close(server)); // else accept() waits for a qemu that did not start
            try {
                return new Guest(process, console, folder, server.accept());
            } catch (AsynchronousCloseException e) {
                throw new IOException("qemu ended: " + Files.readString(log), e);
            } catch (IOException | RuntimeException e) {
                process.children().forEach(ProcessHandle::destroyForcibly);
                throw e;
            }
        }
    }

    private static void close(ServerSocketChannel server) {
        try {
            server.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** From power-on to the first process's readiness, by the guest's own clock. */
    public double bootSeconds() {
        return bootSeconds;
    }

    /** What the kernel wrote to the console. */
    public Path console() {
        return console;
    }

    /**
     * Runs a shell script in the guest. What it starts in the background goes on after it.
     *
     * @throws IOException when it does not end in time, or the machine ended; it is of no use from then on
     */
    public synchronized Ended run(int seconds, String script) throws IOException {
        return within(seconds, () -> {
            byte[] bytes = script.getBytes(StandardCharsets.UTF_8);
            write((bytes.length + "\n").getBytes(StandardCharsets.US_ASCII));
            write(bytes);
            String[] result = readLine().split(" ");
            return new Ended(Integer.parseInt(result[0]), new String(read(Integer.parseInt(result[1])), StandardCharsets.UTF_8));
        });
    }

    private interface Talk<T> {
        T run() throws IOException;
    }

    private <T> T within(int seconds, Talk<T> talk) throws IOException {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                result.complete(talk.run());
            } catch (IOException | RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        try {
            return result.get(seconds, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            stop();
            throw new IOException("the guest did not answer within " + seconds + " s; its console: " + console, e);
        } catch (ExecutionException e) {
            stop();
            throw new IOException("the guest is gone; its console: " + console, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private void write(byte[] bytes) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
            port.write(left);
        }
    }

    private byte[] read(int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (port.read(bytes) < 0) {
                throw new EOFException();
            }
        }
        return bytes.array();
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (byte next = read(1)[0]; next != '\n'; next = read(1)[0]) {
            line.append((char) next);
            if (line.length() > LONGEST_LINE) {
                throw new IOException("not an answer: " + line);
            }
        }
        return line.toString();
    }

    /** Of timeout(1) only the child: it ends by itself then, having taken the exit code; the other way round qemu would go on. */
    private void stop() {
        emulator.forEach(ProcessHandle::destroyForcibly);
    }

    /** Ends the machine, whatever it is doing. */
    @Override
    public void close() throws IOException {
        stop();
        process.onExit().join();
        try {
            port.close();
        } catch (ClosedChannelException e) {
            // qemu was faster
        }
        Files.deleteIfExists(folder.resolve("agent"));
        Files.delete(folder);
    }
}
