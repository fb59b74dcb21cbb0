package io.kubeguardian.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.DeadLetter;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.RuleBundle;
import io.kubeguardian.schema.Topics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RuleUpdatesTest {
    private OneInputStreamOperatorTestHarness<RawRecord, RuleUpdate> operator;

    @BeforeEach
    void open() throws Exception {
        operator = new OneInputStreamOperatorTestHarness<>(new RuleUpdates(Keys.RULES, () -> 7L));
        operator.setup(TypeInformation.of(RuleUpdate.class)
                .createSerializer(operator.getExecutionConfig().getSerializerConfig()));
        operator.open();
    }

    @AfterEach
    void close() throws Exception {
        operator.close();
    }

    @Test
    void aBundleIsPassedOnAndTimeIsTold() throws Exception {
        RuleBundle bundle = RuleBundleExamples.about("r", "/bin/x", 1);

        send(Keys.ACTIVE_RULES, AvroCodec.of(RuleBundle.class).encode(bundle));
        operator.setProcessingTime(3 * RuleUpdates.TICK_MILLIS);

        List<RuleUpdate> updates = operator.extractOutputValues();
        assertThat(updates.get(0).bundle).isEqualTo(bundle);
        assertThat(updates.subList(1, updates.size())).hasSizeGreaterThan(0).allMatch(update -> update.bundle == null);
    }

    @Test
    void whatCannotBeReadIsAsideWithItsPlaceAndTheReason() throws Exception {
        RuleBundle strange = RuleBundleExamples.about("r", "/bin/x", 1);
        strange.setDigest("x".repeat(100_000));

        send(Keys.ACTIVE_RULES, "junk".getBytes(StandardCharsets.UTF_8));
        send(Keys.ACTIVE_RULES, null);
        send(Keys.ACTIVE_RULES, AvroCodec.of(RuleBundle.class).encode(strange));
        send("rules/else", AvroCodec.of(RuleBundle.class).encode(RuleBundleExamples.about("r", "/bin/x", 1)));

        List<DeadLetter> letters = operator.getSideOutput(DeadLetters.TAG).stream().map(r -> r.getValue()).toList();
        assertThat(letters).extracting(DeadLetter::getTopic).containsOnly(Topics.POLICIES).hasSize(4);
        assertThat(letters).extracting(DeadLetter::getReason).satisfiesExactly(
                reason -> assertThat(reason).startsWith("not a RuleBundle"),
                reason -> assertThat(reason).isEqualTo("empty: not a RuleBundle"),
                reason -> assertThat(reason).isEqualTo("the bundle's digest is neither sha256:… nor empty"),
                reason -> assertThat(reason).isEqualTo("nothing is known about key rules/else"));
        assertThat(operator.extractOutputValues()).isEmpty();
    }

    private void send(String key, byte[] value) throws Exception {
        operator.processElement(new RawRecord(Topics.POLICIES, 0, 3, 0, Keys.bytes(key), value), 0);
    }
}
