package io.kubeguardian.collector.state;

import io.kubeguardian.collector.batch.Numbers;
import io.kubeguardian.collector.batch.Origin;
import io.kubeguardian.schema.Loss;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder in which a collector leaves to the next one where it stood. Of one collector at a time. The state is
 * replaced as a whole: what is there is either the old one or the new one, whenever the machine stops.
 */
public final class StateFolder implements AutoCloseable {
    private static final String FILE = "collector-state.json";
    /** Far above what as many pods as are remembered take. */
    private static final int MOST_BYTES = 4 << 20;
    private static final Logger LOG = LoggerFactory.getLogger(StateFolder.class);

    private final Path folder;
    private final FileChannel lock;

    /** @throws IllegalArgumentException when it cannot be used; the message says what to do */
    public StateFolder(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
            lock = FileChannel.open(folder.resolve("collector.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new IllegalArgumentException("collector.stateFolder " + folder + " cannot be written: " + e, e);
        }
        if (!locked(lock)) {
            throw new IllegalArgumentException("collector.stateFolder " + folder
                    + " is in use by another collector: give each its own, or stop that one");
        }
    }

    private static boolean locked(FileChannel file) {
        try {
            return file.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        } catch (IOException e) {
            throw new IllegalArgumentException("collector.stateFolder cannot be locked: " + e.getMessage(), e);
        }
    }

    /**
     * What a run begins with that begins now.
     *
     * @param here this machine, with a new epoch
     * @param bootNanos now, on the boot clock
     */
    public Start start(Origin here, long bootNanos) {
        Path file = folder.resolve(FILE);
        try {
            if (!Files.exists(file)) {
                return Start.anew(here);
            }
            if (Files.size(file) > MOST_BYTES) {
                throw new IOException("larger than " + MOST_BYTES + " bytes");
            }
            return Start.after(RunState.parse(Files.readAllBytes(file)), here, bootNanos);
        } catch (IOException e) {
            LOG.warn("event=state-unusable file={} reason=\"{}\" consequence=\"a new epoch\"", file, e.getMessage());
            return Start.afterUnknown(here);
        }
    }

    /** From now on the run counts as one that was killed, until {@link #ended}. */
    public void running(Origin origin) throws IOException {
        write(state(origin, false, 0, Numbers.FIRST, List.of()));
    }

    /** The run has ended in order. @param bootNanos when it read events for the last time, on the boot clock */
    public void ended(Origin origin, long bootNanos, Numbers numbers, List<Loss> losses) throws IOException {
        write(state(origin, true, bootNanos, numbers, losses));
    }

    private static RunState state(Origin origin, boolean ended, long bootNanos, Numbers numbers, List<Loss> losses) {
        return new RunState(RunState.VERSION, origin.cluster(), origin.node(), origin.bootId(), origin.epoch(),
                origin.previousEpoch(), ended, bootNanos, origin.unwatchedMillis(), numbers.node(), numbers.floor(), numbers.pods(),
                losses.stream().map(l -> new RunState.Lost(l.getEventClass(), l.getCause(), l.getCount())).toList());
    }

    private void write(RunState state) throws IOException {
        Path next = folder.resolve(FILE + ".new");
        try (FileChannel out = FileChannel.open(next, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(state.json());
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        Files.move(next, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
