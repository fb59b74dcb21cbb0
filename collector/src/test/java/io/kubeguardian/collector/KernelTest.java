package io.kubeguardian.collector;

import io.kubeguardian.collector.sensor.Sensor;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Needs this machine's kernel to take BPF programs; skipped, saying why, where it does not. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(KernelTest.Condition.class)
@interface KernelTest {
    /** Whether {@link VmKernelTestsIT} runs it too; not what needs a broker beside it, or was not yet seen to pass there. */
    boolean inGuest() default true;

    final class Condition implements BeforeAllCallback, BeforeEachCallback {
        private static final String PROBLEM = Sensor.probe();

        /** Surefire counts what is skipped but keeps the reason to itself. */
        @Override
        public void beforeAll(ExtensionContext context) {
            if (!PROBLEM.isEmpty()) {
                System.out.println("SKIPPED " + context.getDisplayName() + ": " + PROBLEM);
            }
        }

        @Override
        public void beforeEach(ExtensionContext context) {
            Assumptions.assumeTrue(PROBLEM.isEmpty(), "kernel sensors cannot run here: " + PROBLEM);
        }
    }
}
