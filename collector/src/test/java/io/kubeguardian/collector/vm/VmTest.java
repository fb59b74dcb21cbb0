package io.kubeguardian.collector.vm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Runs in the machine of {@code collector/vm}, which is booted once for all classes and handed to every method that
 * asks for a {@link Guest}. Skipped, saying why, where it cannot be had.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(VmTest.Boot.class)
public @interface VmTest {
    /**
     * Boots at the first use; the machine ends with the JVM. Not with JUnit's own store: with several JVMs each class is a
     * run to it.
     */
    final class Boot implements ExecutionCondition, ParameterResolver {
        private record Machine(Guest guest, String problem) {
            private static Machine started;

            static synchronized Machine get() {
                if (started == null) {
                    started = start();
                    Runtime.getRuntime().addShutdownHook(new Thread(started::end));
                }
                return started;
            }

            private static Machine start() {
                try {
                    Image image = Image.build();
                    return image.problem().isEmpty()
                            ? new Machine(Guest.boot(image.folder()), "") : new Machine(null, image.problem());
                } catch (IOException e) {
                    throw new IllegalStateException(e.getMessage(), e);
                }
            }

            private void end() {
                try {
                    if (guest != null) {
                        guest.close();
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        /** Before any method of the class, so that none is given a machine that is not there. */
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            String problem = Machine.get().problem();
            if (problem.isEmpty()) {
                return ConditionEvaluationResult.enabled("the machine runs");
            }
            if (context.getTestMethod().isEmpty()) { // failsafe counts what is skipped but keeps the reason to itself
                System.out.println("SKIPPED " + context.getDisplayName() + ": " + problem);
            }
            return ConditionEvaluationResult.disabled(problem);
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Guest.class;
        }

        @Override
        public Guest resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return Machine.get().guest();
        }
    }
}
