package io.kubeguardian.cli;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The command was interrupted (Ctrl-C, SIGTERM). It unwinds to the end of the command and closes everything on its
 * way. The thread's interrupt flag stays clear, so that what is being closed can still wait for its end.
 */
public final class Interrupted extends RuntimeException {
    private static final long serialVersionUID = 1L;
    /** What a shell reports of a command that SIGINT ended. */
    public static final int EXIT_CODE = 130;

    public Interrupted(InterruptedException cause) {
        super("interrupted", cause);
    }

    /** Sleeps, or unwinds. */
    public static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            throw new Interrupted(e);
        }
    }

    /**
     * As {@link #onSignal(Callable)}, for commands that end with a word when a signal comes.
     *
     * @param farewell for stderr; said before the process may end, which it does as soon as {@code body} has unwound
     * @return what {@code body} returns, or {@code code} when a signal came
     */
    public static int onSignal(Callable<Integer> body, int code, String farewell) throws Exception {
        return onSignal(() -> {
            try {
                return body.call();
            } catch (Interrupted e) {
                System.err.println("kubeguardian: " + farewell);
                return code;
            }
        });
    }

    /**
     * Runs {@code body} so that a signal interrupts it and the process goes on until it has closed what it opened,
     * for half a minute at most. Nothing after {@code body} is sure to run.
     */
    public static <T> T onSignal(Callable<T> body) throws Exception {
        Thread runner = Thread.currentThread();
        CountDownLatch finished = new CountDownLatch(1);
        Thread hook = new Thread(() -> {
            runner.interrupt();
            try {
                finished.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, "close-on-signal");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return body.call();
        } finally {
            finished.countDown();
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // A signal came: the hook is running, and ends with the latch.
            }
        }
    }
}
