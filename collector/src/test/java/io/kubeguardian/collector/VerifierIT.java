package io.kubeguardian.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.collector.sensor.ProgramVerdict;
import io.kubeguardian.collector.sensor.ProgramVerdict.Outcome;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** This machine's verifier accepts every program of the BPF object. {@link VmVerifierIT} asks another kernel. */
@KernelTest(inGuest = false)
class VerifierIT {
    private static final Set<Outcome> NOT_ASKED = Set.of(Outcome.REFUSED, Outcome.ABSENT);

    @TestFactory
    Stream<DynamicTest> theVerifierAccepts() {
        return ProgramVerdict.all().stream().map(verdict -> DynamicTest.dynamicTest(
                verdict.program() + ' ' + verdict.section(), () -> {
                    Assumptions.assumeFalse(NOT_ASKED.contains(verdict.outcome()), verdict::toString);
                    assertThat(verdict).hasToString("ACCEPTED " + verdict.program() + ' ' + verdict.section());
                }));
    }
}
