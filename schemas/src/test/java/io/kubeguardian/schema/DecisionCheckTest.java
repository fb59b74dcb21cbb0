package io.kubeguardian.schema;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DecisionCheckTest {
    private static final ExceptedDestination DESTINATION = new ExceptedDestination("10.0.0.0/8", 443, 6);

    @Test
    void aDecisionWithAllThatIsAllowedPasses() {
        Decision decision = decision();
        decision.setNode("");
        decision.setPodUid("");
        decision.setRequestedBy("ana@bastion");
        decision.setExceptPaths(Collections.nCopies(32, "/usr/lib/*"));
        decision.setExceptDestinations(Collections.nCopies(32, DESTINATION));

        assertThatCode(() -> DecisionCheck.check(decision)).doesNotThrowAnyException();
    }

    @Test
    void aReleaseNeedsNoActionsNorTimes() {
        Decision decision = decision();
        decision.setReleased(true);
        decision.setActions(List.of());
        decision.setExpiresTime(0);

        assertThatCode(() -> DecisionCheck.check(decision)).doesNotThrowAnyException();
    }

    static Stream<Arguments> hostile() {
        return Stream.of(
                of("names no pod", d -> {
                    d.setPodUid("");
                    d.setContainerId("");
                }),
                of("pod UID", d -> d.setPodUid("../../etc/passwd")),
                of("pod UID", d -> d.setPodUid("x".repeat(36))),
                of("container id", d -> d.setContainerId("c".repeat(63))),
                of("container id", d -> d.setContainerId("C".repeat(64))),
                of("container id", d -> d.setContainerId("../".repeat(21) + "a")),
                of("no action", d -> d.setActions(List.of())),
                of("unknown", d -> d.setActions(List.of(ContainmentAction.KILL_EXEC, ContainmentAction.NONE))),
                of("7 actions", d -> d.setActions(Collections.nCopies(7, ContainmentAction.KILL_EXEC))),
                of("expires before", d -> d.setExpiresTime(d.getIssuedTime())),
                of("expires before", d -> d.setExpiresTime(Long.MIN_VALUE)),
                of("longer than 366 days", d -> d.setExpiresTime(Long.MAX_VALUE)),
                of("longer than 366 days", d -> {
                    d.setIssuedTime(Long.MIN_VALUE);
                    d.setExpiresTime(Long.MAX_VALUE);
                }),
                of("reason of 5000", d -> d.setReason("x".repeat(5000))),
                of("name of 600", d -> d.setRequestedBy("x".repeat(600))),
                of("name of 600", d -> d.setId("x".repeat(600))),
                of("33 excepted paths", d -> d.setExceptPaths(Collections.nCopies(33, "/bin/id"))),
                of("33 excepted destinations", d -> d.setExceptDestinations(Collections.nCopies(33, DESTINATION))),
                of("not absolute", d -> d.setExceptPaths(List.of("/bin/id", "bin/id"))),
                of("excepts everything", d -> d.setExceptPaths(List.of("/*"))),
                of("not an IP address", d -> d.setExceptDestinations(List.of(new ExceptedDestination("localhost", 0, 0)))),
                of("protocol 1", d -> d.setExceptDestinations(List.of(new ExceptedDestination("10.0.0.1", 0, 1)))));
    }

    private static Arguments of(String message, Consumer<Decision> change) {
        return arguments(message, change);
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void whatNoReaderCouldPutIntoForceIsRefusedWithTheReason(String message, Consumer<Decision> change) {
        Decision decision = decision();
        change.accept(decision);

        assertThatThrownBy(() -> DecisionCheck.check(decision)).isInstanceOf(MalformedRecordException.class)
                .hasMessageStartingWith("decision ").hasMessageContaining(message);
    }

    private static Decision decision() {
        return Decision.newBuilder(Examples.decision()).build();
    }
}
