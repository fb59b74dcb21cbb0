package io.kubeguardian.ingest.file;

import io.kubeguardian.ingest.tetragon.BootIds;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one file in a thread of its own: a portion of lines is handed over, and when all that became of it is safe the
 * position is remembered; only then the next is read. Whoever takes the lines sets the pace.
 */
public final class FileSource implements AutoCloseable {
    /** How often the position goes to the disk at most: after a crash what was read since is read again. */
    private static final long SAVE_NANOS = 1_000_000_000L;
    private static final Logger LOG = LoggerFactory.getLogger(FileSource.class);

    /** Takes lines. */
    public interface Taker {
        /**
         * @param node that the file's lines were about so far
         */
        Taken take(List<Line> lines, String node) throws InterruptedException;
    }

    /**
     * What is under way.
     *
     * @param safe done when nothing of it can be lost any more
     * @param node that the file's lines are about by now
     */
    public record Taken(Future<?> safe, String node) {}

    /** What a file's reader has to say. */
    public interface Listener extends FollowedFile.Listener {
        void lag(long bytes);
    }

    private final Path path;
    private final FollowedFile file;
    private final Taker taker;
    private final StateFile state;
    private final Listener listener;
    private final Supplier<Map<String, BootIds.Boot>> boots;
    private final int pollMillis;
    private final Thread thread;
    private String node;
    private long savedAt = System.nanoTime();
    private volatile String problem = "";
    private volatile boolean closing;

    /** Begins to read. @param boots what is to be remembered of nodes */
    public FileSource(Path path, int longestLine, int pollMillis, StateFile state, Taker taker, Listener listener,
            Supplier<Map<String, BootIds.Boot>> boots) {
        StateFile.FileState known = state.file(path);
        this.path = path;
        this.file = new FollowedFile(path, known.position(), longestLine, listener);
        this.node = known.node();
        this.taker = taker;
        this.state = state;
        this.listener = listener;
        this.boots = boots;
        this.pollMillis = pollMillis;
        this.thread = Thread.ofPlatform().name("kg-file-" + path.getFileName()).start(this::run);
    }

    private void run() {
        try (file) {
            while (!closing) {
                List<Line> lines = read();
                listener.lag(file.lag());
                if (lines.isEmpty()) {
                    save();
                    Thread.sleep(pollMillis);
                    continue;
                }
                Taken taken = taker.take(lines, node);
                node = taken.node();
                taken.safe().get();
                state.put(path, new StateFile.FileState(file.position(), node), boots.get());
                save();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closing: what was not safe yet will be read again
        } catch (ExecutionException | IOException | RuntimeException | Error e) {
            problem = "the reader of " + path + " has stopped: " + e;
            LOG.error("event=file-reader-stopped file={}", path, e);
        }
    }

    private List<Line> read() {
        try {
            List<Line> lines = file.read();
            if (!problem.isEmpty()) {
                problem = "";
                LOG.info("event=file-readable file={}", path);
            }
            return lines;
        } catch (IOException e) {
            if (problem.isEmpty()) { // once, not at every poll
                problem = path + " cannot be read: " + e;
                LOG.warn("event=file-unreadable file={} error=\"{}\"", path, e.toString());
            }
            return List.of();
        }
    }

    private void save() {
        if (System.nanoTime() - savedAt >= SAVE_NANOS) {
            savedAt = System.nanoTime();
            try {
                state.save();
            } catch (IOException e) {
                LOG.warn("event=state-not-saved error=\"{}\"", e.toString());
            }
        }
    }

    /** Why it cannot read; empty while it can. */
    public String problem() {
        return problem;
    }

    /** Whether its thread still runs. */
    public boolean alive() {
        return thread.isAlive();
    }

    /** Asks it to read no more; what is under way goes on. */
    public void stop() {
        closing = true;
    }

    /** Waits for so long until what is under way is safe, then gives it up: it is read again after the next start. */
    public void awaitEnd(Duration patience) throws InterruptedException {
        if (!thread.join(patience)) {
            thread.interrupt();
            thread.join();
        }
    }

    @Override
    public void close() {
        stop();
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
