package io.kubeguardian.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.ServerRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Reads request bodies within bounds: a largest size, a longest time, and a budget of bytes for all that are in
 * memory at once, so that neither one large, nor one slow, nor many callers can take the process's memory.
 */
public final class BodyReader {
    private static final int AT_ONCE = 4;
    private static final int BLOCK = 8192;

    private static final ScheduledThreadPoolExecutor ALARMS = alarms();

    private final String mostBytesKey;
    private final int mostBytes;
    private final long mostNanos;
    private final Semaphore budget;

    /**
     * Reads bodies of up to {@code mostBytes}, each within {@code longest}.
     *
     * @param mostBytesKey the setting that {@code mostBytes} comes from, for the one whose body is too large
     */
    public BodyReader(String mostBytesKey, int mostBytes, Duration longest) {
        this.mostBytesKey = mostBytesKey;
        this.mostBytes = mostBytes;
        this.mostNanos = longest.toNanos();
        this.budget = new Semaphore(AT_ONCE * mostBytes);
    }

    private static ScheduledThreadPoolExecutor alarms() {
        ScheduledThreadPoolExecutor alarms = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("body-deadlines").daemon().factory());
        alarms.setRemoveOnCancelPolicy(true);
        return alarms;
    }

    /** A body that is not read; the message is for the caller. */
    public static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;
        private final int status;
        private final String outcome;

        public RefusedException(int status, String outcome, String message) {
            super(message);
            this.status = status;
            this.outcome = outcome;
        }

        /** HTTP status. */
        public int status() {
            return status;
        }

        /** Label for the metrics. */
        public String outcome() {
            return outcome;
        }
    }

    /** What reads a body. */
    @FunctionalInterface
    public interface Reading<T> {
        T read() throws IOException, RefusedException;
    }

    /**
     * Runs it. That the caller has gone or is silent meanwhile ends the connection without a stack trace, which would only
     * tell where.
     *
     * @param aborted is told of such a caller
     */
    public static <T> T orClose(Reading<T> reading, Runnable aborted) throws RefusedException {
        try {
            return reading.read();
        } catch (IOException | UncheckedIOException | ServerConnectionException
                | DataReader.InsufficientDataAvailableException e) {
            aborted.run();
            throw new CloseConnectionException("the body never came", e);
        }
    }

    /** Lets the body of a request go by that is refused without it. @param aborted as of {@link #orClose} */
    public void drain(ServerRequest request, Runnable aborted) {
        if (!request.content().hasEntity()) {
            return;
        }
        try {
            orClose(() -> {
                drain(request.content().inputStream());
                return null;
            }, aborted);
        } catch (RefusedException e) {
            throw new IllegalStateException("draining refuses nothing", e);
        }
    }

    /**
     * Reads a body and uses it; its share of the budget is held until then.
     *
     * @param announced the Content-Length; -1 when there is none
     * @throws RefusedException when a bound is exceeded
     */
    public <T> T read(InputStream in, long announced, Function<byte[], T> use) throws RefusedException, IOException {
        if (announced > mostBytes) {
            throw tooLarge(in);
        }
        // Without a length the array grows by doubling: old, new and final copy.
        int share = announced < 0 ? 3 * mostBytes : (int) announced;
        if (!budget.tryAcquire(share)) {
            drain(in);
            throw new RefusedException(503, "busy", "too many large requests at once; try again");
        }
        try {
            byte[] body;
            try (Deadline deadline = new Deadline()) {
                body = announced < 0 ? readToEnd(in) : readExactly(in, (int) announced);
            }
            return use.apply(body);
        } finally {
            budget.release(share);
        }
    }

    /**
     * Interrupts the thread that made it when the longest time is over. A read looks at the clock between its pieces; this
     * ends the wait for a piece that never comes (of a virtual thread, an interrupt closes the socket it reads from).
     */
    private final class Deadline implements AutoCloseable {
        private final Thread reader = Thread.currentThread();
        private final ScheduledFuture<?> alarm = ALARMS.schedule(this::ring, mostNanos, TimeUnit.NANOSECONDS);
        private boolean closed;

        private synchronized void ring() {
            if (!closed) {
                reader.interrupt();
            }
        }

        @Override
        public synchronized void close() {
            closed = true;
            alarm.cancel(false);
            Thread.interrupted(); // if it rang just now, it is not meant for what follows
        }
    }

    private byte[] readExactly(InputStream in, int length) throws RefusedException, IOException {
        long start = System.nanoTime();
        byte[] body = new byte[length];
        int filled = 0;
        while (filled < length) {
            int count = in.read(body, filled, length - filled);
            if (count < 0) {
                throw new RefusedException(400, "invalid", "the body is shorter than its Content-Length");
            }
            filled += count;
            checkTime(start);
        }
        return body;
    }

    private byte[] readToEnd(InputStream in) throws RefusedException, IOException {
        long start = System.nanoTime();
        ByteArrayOutputStream body = new ByteArrayOutputStream(BLOCK);
        byte[] block = new byte[BLOCK];
        for (int count = in.read(block); count >= 0; count = in.read(block)) {
            if (body.size() + count > mostBytes) {
                throw tooLarge(in);
            }
            body.write(block, 0, count);
            checkTime(start);
        }
        return body.toByteArray();
    }

    private void checkTime(long start) throws RefusedException {
        if (System.nanoTime() - start > mostNanos) {
            throw new RefusedException(408, "timeout", "the body took too long to arrive");
        }
    }

    private RefusedException tooLarge(InputStream in) throws IOException {
        drain(in);
        return new RefusedException(413, "too_large",
                "body is larger than " + mostBytes + " bytes (" + mostBytesKey + ")");
    }

    /**
     * Lets the rest of a body go by, within bounds: a connection closed with unread data is reset, and the caller
     * would never see the answer.
     */
    private void drain(InputStream in) throws IOException {
        long start = System.nanoTime();
        byte[] block = new byte[BLOCK];
        long left = 2L * mostBytes;
        while (left > 0 && System.nanoTime() - start < mostNanos) {
            int count = in.read(block);
            if (count < 0) {
                return;
            }
            left -= count;
        }
    }
}
