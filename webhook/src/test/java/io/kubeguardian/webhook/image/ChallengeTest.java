package io.kubeguardian.webhook.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChallengeTest {
    @Test
    void parametersAreQuotedOrNot() {
        Challenge challenge = Challenge.parse("bearer Realm=\"https://auth.example/token?a=b,c\", service=registry.example,scope=\"repository:a/b:pull\"");

        assertThat(challenge.scheme()).isEqualTo("bearer");
        assertThat(challenge.parameters()).isEqualTo(Map.of("realm", "https://auth.example/token?a=b,c", "service",
                "registry.example", "scope", "repository:a/b:pull"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Negotiate", "Digest realm=\"x\"", "Bearer\u0000", "=", "\"", "Bearer realm=\"unclosed"})
    void whateverStandsThereIsReadOrIgnored(String header) {
        Challenge challenge = Challenge.parse(header);

        assertThat(challenge == null || !challenge.parameters().containsKey("realm")
                || challenge.parameters().get("realm").length() < 10).isTrue();
    }

    @Test
    void aLongOneIsIgnored() {
        assertThat(Challenge.parse("Bearer " + "a=\"b\",".repeat(1_000_000))).isNull();
    }
}
