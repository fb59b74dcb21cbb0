package io.kubeguardian.cli.contain;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.cli.CommandRun;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContainCommandTest {
    private static final String ID = "a".repeat(64);

    @ParameterizedTest
    @ValueSource(strings = {
        "contain",
        "contain ID --action freeze --for 30m",
        "contain ID --action freeze --reason r",
        "contain ID --for 30m --reason r",
        "contain ID --action none --for 30m --reason r",
        "contain ID --action freeze,explode --for 30m --reason r",
        "contain ID --action freeze --for soon --reason r",
        "contain ID --action freeze --for -5m --reason r",
        "contain ID --action freeze --for 99999999999d --reason r",
        "contain ID --pod shop/orders --action freeze --for 30m --reason r",
        "contain --pod shop/orders --pod-uid u --action freeze --for 30m --reason r",
        "contain ID --action deny-network --for 30m --reason r --except-destination example.com",
        "contain ID --action deny-network --for 30m --reason r --except-destination 10.0.0.1/8",
        "contain --list --action freeze",
        "contain --list --release",
        "contain --list ID",
        "contain --release ID --for 30m",
        "contain --release",
        "contain --list --format yaml",
    })
    void wrongUseIsExitCodeTwoAndOneClearMessageBeforeAnythingIsAskedOfKafka(String line) {
        CommandRun run = CommandRun.of((line.replace("ID", ID) + " --bootstrap nowhere.invalid:9092").split(" "));

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).isNotBlank().doesNotContain("nowhere.invalid", "\tat ");
    }

    @ParameterizedTest
    @CsvSource({"30m, 1800", "1d12h, 129600", "45s, 45", "2h, 7200", "1d1h1m1s, 90061"})
    void aTimeIsReadAsPeopleWriteIt(String text, long seconds) {
        Duration time = new ContainCommand.Time().convert(text);

        assertThat(time).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"contain --list", "contain --release ID", "contain ID --action freeze --for 1m --reason r"})
    void aBrokerThatIsNotThereIsOneClearLine(String line) {
        CommandRun run = CommandRun.of((line.replace("ID", ID) + " --bootstrap nowhere.invalid:9092").split(" "));

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("nowhere.invalid:9092").doesNotContain("\tat ");
    }
}
