package io.kubeguardian.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BudgetTest {
    private static final long LONG = 60_000_000_000L;
    private static final long SHORT = TimeUnit.MILLISECONDS.toNanos(20);

    @ParameterizedTest
    @ValueSource(longs = {0, LONG})
    void workGivesItsResultAndItsProblem(long nanos) throws Exception {
        try (Budget budget = new Budget(nanos)) {
            assertThat(budget.call(1, () -> "done")).isEqualTo("done");
            assertThatThrownBy(() -> budget.call(1, () -> {
                throw new InvalidReviewException("wrong");
            })).isInstanceOf(CompletionException.class).hasCauseInstanceOf(InvalidReviewException.class);
        }
    }

    @Test
    void workWhoseTimeIsOverIsInterrupted() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        try (Budget budget = new Budget(SHORT)) {
            assertThatThrownBy(() -> budget.call(1, () -> {
                try {
                    new CountDownLatch(1).await();
                } finally {
                    interrupted.countDown();
                }
                return null;
            })).isInstanceOf(Budget.ExpiredException.class);

            assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void whatNeverEndsKeepsNeitherItsCallerNorTheNextOnes() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (Budget budget = new Budget(SHORT)) {
            List<Throwable> problems = new ArrayList<>();
            for (int i = 0; i < 100; i++) { // more than there are threads: the others wait in vain, and leave nothing behind
                try {
                    budget.call(1 << 10, () -> {
                        while (end.getCount() > 0) {
                            LockSupport.parkNanos(1_000_000); // heeds no interrupt
                            Thread.interrupted();
                        }
                        return null;
                    });
                } catch (Budget.ExpiredException e) {
                    problems.add(e);
                }
            }
            assertThat(problems).hasSize(100);

            end.countDown();

            String result = null;
            for (int i = 0; result == null && i < 1_000; i++) {
                try {
                    result = budget.call(1 << 20, () -> "done"); // a large share of the memory: all of it is free again
                } catch (Budget.ExpiredException e) {
                    result = null;
                }
            }
            assertThat(result).isEqualTo("done");
        }
    }
}
