package io.kubeguardian.webhook;

import static io.kubeguardian.webhook.Reviews.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.CheckExceptionRecord;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PolicyExceptions from built-in checks, as the controller publishes them. */
class CheckExceptionsTest {
    private static final String PRIVILEGED = "privileged-container";

    private final PolicySet policies = new PolicySet();
    private final PublishedPolicies published = new PublishedPolicies("prod", policies);

    private static byte[] record(List<String> checks, String exemption) {
        return AvroCodec.of(CheckExceptionRecord.class).encode(new CheckExceptionRecord("prod", "legacy", checks,
                ByteBuffer.wrap(exemption.getBytes(StandardCharsets.UTF_8)), "sha256:" + "a".repeat(64), 1L, "test", 1L));
    }

    private void publish(List<String> checks, String exemption) throws Exception {
        published.apply(Keys.checkException("prod", "legacy"), record(checks, exemption));
    }

    private Decision privileged(Instant at) throws Exception {
        Decider decider = new Decider("prod", 70, true, Deciders.settings(Map.of()),
                Deciders.knowledge(workload -> null, policies));
        return decider.decide(Reviews.request(Reviews.tree("pod-create-privileged.json")), Nanos.of(at));
    }

    @Test
    void aCheckIsLeftOutWhereAnExceptionHoldsUntilItsLastDayAndTheAuditSaysWhy() throws Exception {
        assertThat(privileged(NOW).deniedBy()).containsExactly(PRIVILEGED);

        publish(List.of(PRIVILEGED), """
                {"namespaces": ["*"], "until": "2026-11-20", "reason": "the node's agent, ticket 9"}""");

        Decision excepted = privileged(NOW);
        assertThat(excepted.allowed()).isTrue();
        assertThat(excepted.findings()).noneMatch(finding -> finding.id().equals(PRIVILEGED)).isNotEmpty();
        assertThat(excepted.auditAnnotations()).containsEntry("exempt", PRIVILEGED + ": the node's agent, ticket 9");
        assertThat(privileged(NOW.plus(Duration.ofDays(1))).deniedBy()).containsExactly(PRIVILEGED);

        published.apply(Keys.checkException("prod", "legacy"), null);
        assertThat(privileged(NOW).deniedBy()).containsExactly(PRIVILEGED);
    }

    @Test
    void anExceptionForAnotherNamespaceOrCheckChangesNothing() throws Exception {
        publish(List.of(PRIVILEGED), """
                {"namespaces": ["elsewhere"], "until": "2026-11-20", "reason": "r"}""");
        assertThat(privileged(NOW).deniedBy()).containsExactly(PRIVILEGED);

        publish(List.of("host-network"), """
                {"namespaces": ["*"], "until": "2026-11-20", "reason": "r"}""");
        assertThat(privileged(NOW).deniedBy()).containsExactly(PRIVILEGED);
        assertThat(privileged(NOW).auditAnnotations()).doesNotContainKey("exempt");
    }

    @ParameterizedTest(name = "{2}")
    @CsvSource(delimiter = '|', value = {
        "no-such-check        | {\"namespaces\": [\"a\"], \"reason\": \"r\"} | there is no built-in check no-such-check",
        "privileged-container | {\"reason\": \"r\"}                          | would exempt everything",
        "privileged-container | [1]                                          | must be a JSON object",
        "privileged-container | {\"namespaces\": [\"a\"]}                    | reason",
    })
    void whatCannotBeUsedIsRefusedAndWhatWasKnownStays(String check, String exemption, String problem) throws Exception {
        publish(List.of(PRIVILEGED), """
                {"namespaces": ["*"], "until": "2026-11-20", "reason": "before"}""");

        assertThatThrownBy(() -> publish(List.of(check), exemption)).isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining(problem);

        assertThat(privileged(NOW).allowed()).isTrue();
    }

    @Test
    void thereIsRoomForSoManyAndNoMore() throws Exception {
        byte[] record = record(List.of(PRIVILEGED), "{\"namespaces\": [\"a\"], \"reason\": \"r\"}");
        for (int i = 0; i < PolicySet.MOST_EXCEPTIONS; i++) {
            published.apply(Keys.checkException("prod", "e" + i), record);
        }

        assertThatThrownBy(() -> published.apply(Keys.checkException("prod", "one-more"), record))
                .hasMessageContaining("no room");
        assertThat(published.apply(Keys.checkException("prod", "e7"), record)).isEqualTo("applied");
        assertThat(published.apply(Keys.checkException("staging", "e7"), record)).isEqualTo("other");
    }
}
