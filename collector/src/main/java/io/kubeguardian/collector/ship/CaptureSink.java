package io.kubeguardian.collector.ship;

import io.kubeguardian.collector.batch.BatchContents;
import io.kubeguardian.collector.batch.BatchSink;
import io.kubeguardian.schema.CaptureFile;
import io.kubeguardian.schema.EventBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Writes batches to a capture file for replay. By the reader's thread: a slow disk makes the kernel's rings fill, which
 * is counted.
 */
public final class CaptureSink implements BatchSink, AutoCloseable {
    private final Path file;
    private final CaptureFile.Writer writer;

    /** @throws UncheckedIOException when the file cannot be written */
    public CaptureSink(Path file) {
        this.file = file;
        try {
            this.writer = new CaptureFile.Writer(file);
        } catch (IOException e) {
            throw problem(e);
        }
    }

    @Override
    public void accept(EventBatch batch, BatchContents contents) {
        try {
            writer.write(batch);
        } catch (IOException e) {
            throw problem(e);
        }
    }

    @Override
    public void close() {
        try {
            writer.close();
        } catch (IOException e) {
            throw problem(e);
        }
    }

    private UncheckedIOException problem(IOException e) {
        String reason = switch (e) {
            case NoSuchFileException gone -> "its folder does not exist"; // the message is the path alone
            case AccessDeniedException denied -> "permission denied";
            default -> e.getMessage();
        };
        return new UncheckedIOException("cannot write " + file + ": " + reason, e);
    }
}
