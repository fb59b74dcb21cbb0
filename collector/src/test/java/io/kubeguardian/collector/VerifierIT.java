package io.kubeguardian.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.collector.sensor.ProgramVerdict;
import io.kubeguardian.collector.sensor.ProgramVerdict.Outcome;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** This machine's verifier accepts every program of the BPF object. {@link VmVerifierIT} asks another kernel. */
@KernelTest(inGuest = false)
class VerifierIT {
    @TestFactory
    Stream<DynamicTest> theVerifierAccepts() {
        return ProgramVerdict.all().stream().map(verdict -> DynamicTest.dynamicTest(
                verdict.program() + ' ' + verdict.section(), () -> {
                    Assumptions.assumeFalse(verdict.outcome() == Outcome.REFUSED, verdict::toString);
                    assertThat(verdict).hasToString("ACCEPTED " + verdict.program() + ' ' + verdict.section());
                }));
    }
}
