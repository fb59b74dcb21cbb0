package io.kubeguardian.ingest.file;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The lines of a file that grows no more, one by one. */
public final class WholeFile implements Closeable {
    private final InputStream in;
    private final LineSplitter splitter;
    private final byte[] buffer = new byte[64 << 10];
    private final List<Line> lines = new ArrayList<>();
    private int next;
    private boolean ended;

    /** @param longest bytes of a line, without its end */
    public WholeFile(Path file, int longest) throws IOException {
        in = Files.newInputStream(file);
        splitter = new LineSplitter(longest, 0);
    }

    /** The next line that is not empty, or null at the end. */
    public Line next() throws IOException {
        while (next == lines.size() && !ended) {
            lines.clear();
            next = 0;
            int read = in.read(buffer);
            if (read < 0) {
                splitter.finish(lines);
                ended = true;
            } else {
                splitter.feed(buffer, read, lines);
            }
        }
        return next == lines.size() ? null : lines.get(next++);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
