package io.kubeguardian.collector;

import io.kubeguardian.collector.vm.Guest;
import io.kubeguardian.collector.vm.GuestTests;
import io.kubeguardian.collector.vm.VmTest;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every {@link KernelTest} again on Debian 12's kernel, where the sensors take other ways in: same triggers, same events.
 * New classes are found by themselves; {@link NotInGuest} says what is left out and why.
 */
@VmTest
class VmKernelTestsIT {
    private static final int SECONDS = 600; // a machine busy with other things

    @TestFactory
    Stream<DynamicTest> asOnThisKernel(Guest guest) throws Exception {
        // to the console too: of what does not end in time nothing else is left
        String output = guest.run(SECONDS, "java @/tests/java.args " + GuestTests.class.getName() + ' '
                + String.join(" ", kernelTests()) + " 2>&1 | tee /dev/console").output();
        List<GuestTests.Result> results = GuestTests.results(output);

        Assertions.assertThat(results).as(output).isNotEmpty();
        return results.stream().map(result -> DynamicTest.dynamicTest(
                result.testClass().replaceFirst(".*\\.", "") + ' ' + result.method(), () -> check(result, output)));
    }

    private static void check(GuestTests.Result result, String output) {
        Assumptions.assumeFalse(result.outcome() == GuestTests.Outcome.SKIPPED, result.problem());
        Assertions.assertThat(result.outcome()).as(() -> result.problem() + '\n' + output)
                .isEqualTo(GuestTests.Outcome.PASSED);
    }

    private static List<String> kernelTests() throws IOException, URISyntaxException {
        Path classes = Path.of(VmKernelTestsIT.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (Stream<Path> files = Files.walk(classes)) {
            return files.map(file -> classes.relativize(file).toString()).filter(name -> name.endsWith("IT.class"))
                    .map(name -> name.replace('/', '.').replaceAll("\\.class$", "")).filter(VmKernelTestsIT::runsInGuest)
                    .sorted().toList();
        }
    }

    private static boolean runsInGuest(String name) {
        try {
            KernelTest annotation = Class.forName(name).getAnnotation(KernelTest.class);
            return annotation != null && annotation.inGuest();
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
