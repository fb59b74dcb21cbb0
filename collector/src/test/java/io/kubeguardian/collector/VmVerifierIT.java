package io.kubeguardian.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.collector.sensor.ProgramVerdict;
import io.kubeguardian.collector.sensor.ProgramVerdict.Outcome;
import io.kubeguardian.collector.vm.Guest;
import io.kubeguardian.collector.vm.VmTest;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The verifier of Debian 12's kernel accepts every program of the BPF object, those that {@link VerifierIT} must skip
 * too. One whose hook that kernel does not have is accepted by this one.
 */
@VmTest
class VmVerifierIT {
    private static final int SECONDS = 180;

    @TestFactory
    Stream<DynamicTest> theVerifierAccepts(Guest guest) throws Exception {
        String verdicts = guest.run(SECONDS, VmCollector.COMMAND + " --programs").output();

        List<ProgramVerdict> here = ProgramVerdict.all();
        Map<String, String> there = verdicts.lines().collect(Collectors.toMap(line -> line.split(" ")[1], line -> line));
        assertThat(there).as(verdicts).containsOnlyKeys(here.stream().map(ProgramVerdict::program).toList());
        return here.stream().map(verdict -> DynamicTest.dynamicTest(verdict.program() + ' ' + verdict.section(), () -> {
            String answer = there.get(verdict.program());
            if (answer.startsWith("ABSENT ")) {
                assertThat(verdict.outcome()).as(answer).isEqualTo(Outcome.ACCEPTED);
            } else {
                assertThat(answer).startsWith("ACCEPTED ");
            }
        }));
    }
}
