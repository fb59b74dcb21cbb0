package io.kubeguardian.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.RuleBundle;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RuleBundlesTest {
    private static final String RULE = """
            - rule: a shell
              desc: d
              condition: evt.type = execve and proc.name = sh
              output: x
              priority: NOTICE
            """;

    @Test
    void aBundleComesBackFromItsBytesAsTheSameRules() throws Exception {
        RuleBundle bundle = bundle(LoadMode.STRICT, RULE);

        RuleSet rules = RuleBundles.load(codec().decode(codec().encode(bundle)));

        assertThat(rules.rules()).extracting(Rule::name).containsExactly("a shell");
        assertThat(rules.digest()).isEqualTo(bundle.getDigest()).isEqualTo(RuleSet.load(sources(RULE)).digest());
    }

    @Test
    void whatIsLeftOutIsPartOfTheIdentity() {
        String unknown = RULE + RULE.replace("a shell", "another").replace("proc.name", "proc.nme");

        RuleBundle lenient = bundle(LoadMode.LENIENT, unknown);

        assertThat(RuleBundles.load(lenient).skipped()).hasSize(1);
        assertThat(bundle(LoadMode.LENIENT, RULE).getDigest()).isNotEqualTo(bundle(LoadMode.STRICT, RULE).getDigest());
    }

    @Test
    void whatDoesNotLoadIsNoBundle() {
        assertThatExceptionOfType(RuleLoadException.class)
                .isThrownBy(() -> bundle(LoadMode.STRICT, RULE.replace("proc.name", "proc.nme")))
                .withMessageStartingWith("0.yaml:3:36: rule 'a shell': unknown field proc.nme");
    }

    @Test
    void aBundleLargerThanAKafkaRecordIsRefusedWithItsSize() {
        String large = RULE + "# " + "x".repeat(500_000) + "\n";

        assertThatExceptionOfType(RuleLoadException.class)
                .isThrownBy(() -> bundle(LoadMode.STRICT, large, RULE.replace("a shell", "b") + large.substring(RULE.length())))
                .withMessageContaining("a Kafka record holds 1000000: publish fewer files");
    }

    @Test
    void filesThatAreNotThoseOfTheDigestAreRefused() {
        RuleBundle forged = bundle(LoadMode.STRICT, RULE);
        forged.setDigest("sha256:" + "0".repeat(64));

        assertThatExceptionOfType(RuleLoadException.class).isThrownBy(() -> RuleBundles.load(forged))
                .withMessageContaining("calls itself sha256:0000");
    }

    @Test
    void aBundleWithADigestAndNoFilesIsRefused() {
        RuleBundle empty = bundle(LoadMode.STRICT, RULE);
        empty.setFiles(List.of());

        assertThatExceptionOfType(RuleLoadException.class).isThrownBy(() -> RuleBundles.load(empty))
                .withMessageContaining("has no files");
    }

    private static RuleBundle bundle(LoadMode mode, String... files) {
        return RuleBundles.of(sources(files), mode, "ada", 1L, List.of());
    }

    private static List<RuleSource> sources(String... files) {
        return IntStream.range(0, files.length)
                .mapToObj(i -> new RuleSource(i + ".yaml", files[i].getBytes(StandardCharsets.UTF_8))).toList();
    }

    private static AvroCodec<RuleBundle> codec() {
        return AvroCodec.of(RuleBundle.class);
    }
}
