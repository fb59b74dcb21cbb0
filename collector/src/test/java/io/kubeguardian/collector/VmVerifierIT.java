package io.kubeguardian.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.collector.sensor.ProgramVerdict;
import io.kubeguardian.collector.vm.Guest;
import io.kubeguardian.collector.vm.VmTest;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The verifier of Debian 12's kernel accepts every program of the BPF object, those that {@link VerifierIT} must skip too. */
@VmTest
class VmVerifierIT {
    private static final int SECONDS = 180;

    @TestFactory
    Stream<DynamicTest> theVerifierAccepts(Guest guest) throws Exception {
        String verdicts = guest.run(SECONDS, VmCollector.COMMAND + " --programs").output();

        assertThat(verdicts.lines().map(line -> line.split(" ")[1])).as(verdicts)
                .containsExactlyElementsOf(ProgramVerdict.all().stream().map(ProgramVerdict::program).toList());
        return verdicts.lines().map(line -> DynamicTest.dynamicTest(
                line.substring(line.indexOf(' ') + 1), () -> assertThat(line).startsWith("ACCEPTED ")));
    }
}
