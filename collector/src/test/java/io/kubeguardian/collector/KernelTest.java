package io.kubeguardian.collector;

import io.kubeguardian.collector.sensor.Sensor;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Needs this machine's kernel to take BPF programs; skipped, saying why, where it does not. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(KernelTest.Condition.class)
@interface KernelTest {
    final class Condition implements BeforeAllCallback {
        @Override
        public void beforeAll(ExtensionContext context) {
            String problem = Sensor.probe();
            Assumptions.assumeTrue(problem.isEmpty(), "kernel sensors cannot run here: " + problem);
        }
    }
}
