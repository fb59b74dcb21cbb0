package io.kubeguardian.collector.vm;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs test classes inside the guest: {@code GuestTests CLASS...}. Writes a line per test that ended, which the side of
 * the host reads again: {@link #PREFIX}, the class, the method, the outcome, the message in one line; separated by tabs. In between, a line for each class with the seconds that it took.
 */
public final class GuestTests implements TestExecutionListener {
    /** Tag of what is left out. */
    public static final String NOT_IN_GUEST = "not-in-guest";

    private static final String PREFIX = "guest-test";
    private static final String SEPARATOR = "\t";

    /** @param problem why it was skipped or failed, in one line; empty when it passed */
    public record Result(String testClass, String method, Outcome outcome, String problem) {
        String line() {
            return String.join(SEPARATOR, PREFIX, testClass, inOneLine(method), outcome.name(), inOneLine(problem));
        }

        private static String inOneLine(String text) {
            return text.replaceAll("\\s+", " ");
        }

        private static Result of(String line) {
            String[] fields = line.split(SEPARATOR, -1);
            return new Result(fields[1], fields[2], Outcome.valueOf(fields[3]), fields[4]);
        }
    }

    /** How a test ended. */
    public enum Outcome {
        PASSED,
        SKIPPED,
        FAILED
    }

    private long started;

    private GuestTests() {}

    public static void main(String[] classes) {
        List<? extends DiscoverySelector> selectors = Stream.of(classes).map(DiscoverySelectors::selectClass).toList();
        LauncherFactory.create().execute(LauncherDiscoveryRequestBuilder.request().selectors(selectors)
                .filters(TagFilter.excludeTags(NOT_IN_GUEST)).build(), new GuestTests());
    }

    /** The results among what the guest wrote. */
    public static List<Result> results(String output) {
        return output.lines().filter(line -> line.startsWith(PREFIX + SEPARATOR)).map(Result::of).toList();
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        write(test, Outcome.SKIPPED, reason);
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        if (test.getSource().filter(ClassSource.class::isInstance).isPresent()) {
            started = System.nanoTime();
        }
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (test.getSource().filter(ClassSource.class::isInstance).isPresent()) {
            System.out.println(test.getDisplayName() + " took " + (System.nanoTime() - started) / 1_000_000_000 + " s");
        }
        Outcome outcome = switch (result.getStatus()) {
            case SUCCESSFUL -> Outcome.PASSED;
            case ABORTED -> Outcome.SKIPPED;
            case FAILED -> Outcome.FAILED;
        };
        result.getThrowable().filter(e -> outcome == Outcome.FAILED).ifPresent(Throwable::printStackTrace);
        if (test.isTest() || outcome == Outcome.FAILED) { // a class that fails as a whole has no tests to say so
            write(test, outcome, result.getThrowable().map(Throwable::toString).orElse(""));
        }
    }

    private static void write(TestIdentifier test, Outcome outcome, String problem) {
        Optional<MethodSource> method = test.getSource().filter(MethodSource.class::isInstance).map(MethodSource.class::cast);
        String name = test.getDisplayName();
        if (method.isPresent() && !name.startsWith(method.get().getMethodName())) { // one set of arguments of many
            name = method.get().getMethodName() + ' ' + name;
        }
        System.out.println(new Result(method.map(MethodSource::getClassName).orElse(""), name, outcome, problem).line());
    }
}
