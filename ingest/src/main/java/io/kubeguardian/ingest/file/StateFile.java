package io.kubeguardian.ingest.file;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kubeguardian.config.ConfigException;
import io.kubeguardian.ingest.tetragon.BootIds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * What is remembered over a restart, as JSON in one file that is replaced as a whole. It is one process's own: a second one
 * with the same file would read everything twice. Thread safe.
 */
public final class StateFile implements AutoCloseable {
    private static final int VERSION = 1;
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).build();

    /**
     * How far a file was read.
     *
     * @param node that its last lines were about
     */
    public record FileState(FilePosition position, String node) {}

    /** The whole content. */
    private record Content(int version, Map<String, FileState> files, Map<String, BootIds.Boot> boots) {}

    private final Path path;
    private final FileChannel lockChannel;
    private final Map<String, FileState> files = new HashMap<>();
    private final Map<String, BootIds.Boot> boots = new HashMap<>();

    /** @throws ConfigException when it cannot be read or written, or another process has it */
    public StateFile(Path path) {
        this.path = path.toAbsolutePath();
        try {
            Files.createDirectories(this.path.getParent());
            lockChannel = FileChannel.open(sibling(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new ConfigException("ingest.stateFile: " + path + " cannot be written: " + e, e);
        }
        try {
            lock();
            load();
            save();
        } catch (IOException e) {
            closeLock();
            throw new ConfigException("ingest.stateFile: " + path + " cannot be used: " + e, e);
        } catch (RuntimeException e) {
            closeLock();
            throw e;
        }
    }

    private Path sibling(String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }

    private void lock() throws IOException {
        FileLock lock;
        try {
            lock = lockChannel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            throw new ConfigException("ingest.stateFile: " + path + " is in use by another ingest; give each its own");
        }
    }

    private void load() throws IOException {
        try {
            Content content = JSON.readValue(Files.readAllBytes(path), Content.class);
            if (content.version() != VERSION || content.files() == null || content.boots() == null) {
                throw unusable("of another version", null);
            }
            for (Map.Entry<String, FileState> file : content.files().entrySet()) {
                FilePosition position = file.getValue() == null ? null : file.getValue().position();
                if (position == null || position.head() == null || position.head().digest() == null
                        || position.offset() < 0 || file.getValue().node() == null) {
                    throw unusable("without the position in " + file.getKey(), null);
                }
            }
            files.putAll(content.files());
            boots.putAll(content.boots());
        } catch (NoSuchFileException e) {
            // the first start
        } catch (JsonProcessingException e) {
            throw unusable("not what the ingest writes", e);
        }
    }

    private ConfigException unusable(String why, Exception cause) {
        return new ConfigException("ingest.stateFile: " + path + " is " + why
                + "; move it away to read all files from their beginning", cause);
    }

    /** Where a file was, {@link FilePosition#NONE} when nothing is known of it. */
    public synchronized FileState file(Path file) {
        return files.getOrDefault(file.toString(), new FileState(FilePosition.NONE, ""));
    }

    public synchronized Map<String, BootIds.Boot> boots() {
        return new HashMap<>(boots);
    }

    /** Remembers, not yet on the disk. */
    public synchronized void put(Path file, FileState state, Map<String, BootIds.Boot> known) {
        files.put(file.toString(), state);
        boots.clear();
        boots.putAll(known);
    }

    /** Writes it to the disk. */
    public synchronized void save() throws IOException {
        Path next = sibling(".next");
        try (FileChannel out = FileChannel.open(next, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer content = ByteBuffer.wrap(JSON.writeValueAsBytes(new Content(VERSION, files, boots)));
            while (content.hasRemaining()) {
                out.write(content);
            }
            out.force(true);
        }
        Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void closeLock() {
        try {
            lockChannel.close(); // gives the lock back
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        save();
        lockChannel.close();
    }
}
