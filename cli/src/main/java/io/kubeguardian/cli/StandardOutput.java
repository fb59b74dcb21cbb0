package io.kubeguardian.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;

/**
 * Standard output that does not lose what is written to it without a word, as Java's own does: a full disk is told and is
 * exit code 2, and a reader that has gone ({@code | head}) ends the command as SIGPIPE ends others.
 */
final class StandardOutput extends OutputStream {
    /** What a shell reports of a command that SIGPIPE ended. */
    static final int READER_GONE = 141;

    private final OutputStream out;
    private final Runnable onReaderGone;
    private volatile IOException failure;

    StandardOutput(OutputStream out, Runnable onReaderGone) {
        this.out = out;
        this.onReaderGone = onReaderGone;
    }

    /** Makes it what {@code System.out} writes to. */
    static StandardOutput install() {
        StandardOutput output = new StandardOutput(new FileOutputStream(FileDescriptor.out),
                // Exiting runs the hooks that interrupt the command, which then closes what it has opened.
                () -> Thread.ofPlatform().name("reader-gone").start(() -> System.exit(READER_GONE)));
        System.setOut(new PrintStream(new BufferedOutputStream(output, 8192), true, System.out.charset()));
        return output;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            if (failure == null) {
                failure = e;
                if (isReaderGone(e)) {
                    onReaderGone.run();
                }
            }
            throw e;
        }
    }

    /**
     * Writes what waits.
     *
     * @param code of the command
     * @return the exit code: that, unless its output could not be written
     */
    int finish(int code) {
        System.out.flush();
        if (failure == null) {
            return code;
        }
        if (isReaderGone(failure)) {
            return READER_GONE;
        }
        System.err.println("kubeguardian: standard output cannot be written: " + Texts.reason(failure));
        return 2;
    }

    private static boolean isReaderGone(IOException e) {
        return String.valueOf(e.getMessage()).contains("Broken pipe");
    }
}
