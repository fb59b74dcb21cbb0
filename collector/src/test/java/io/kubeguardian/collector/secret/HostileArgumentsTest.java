package io.kubeguardian.collector.secret;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Arguments made to keep the mask busy, or to make it fall. */
class HostileArgumentsTest {
    /** As much as an exec is told with. */
    private static final int BYTES = 4096;

    /** A thousand times as long as any real one: work that grows faster than the text would go on for hours. */
    @ParameterizedTest
    @ValueSource(strings = {"a", "-", "=", ":", "\"", "'", " ", "\\", "://", "a://", "a:b@", "://u:", "eyJ", "eyJ-", "eyJaaaaaaaaaa.",
        "ghp_", "glpat-", "xoxb-", "AKIA", "--password ", "--password=", "password: ", "password=\"", "\"password\":",
        "-----BEGIN ", "-----BEGIN PRIVATE KEY", "-----BEGIN PRIVATE KEY-----", "Bearer ", "bearer  ", "a    ", "a   = ",
        "sig=", "?sig=", "&signature", "aB", "a.b-c_", "curl -u ", "mysql -p", "mysql -u -p ", "hooks.slack.com/services/",
        "token=$", "x;y|", "Authorization: ", "Cookie: a; ",
        "key=", "auth=a1", "sshkey=/", "sshkey=a", "token=${", "Authorization: ${", "(-", "`-u", "mysql (-p", "curl -u 'x"})
    void timeGrowsWithTheLengthAlone(String piece) {
        String text = piece.repeat(1000 * BYTES / piece.length());

        for (String first : List.of("app", "sh -c")) {
            List<String> args = new ArrayList<>(List.of(first.split(" ")));
            args.add(text);
            SecretMask.arguments(args);
            assertThat(args.getLast().length()).isLessThanOrEqualTo(2 * text.length());
        }
    }

    @Test
    void manySmallArgumentsAreAsWellBehavedAsOneLarge() {
        List<String> args = new ArrayList<>(List.of("app"));
        for (int i = 0; i < 1000 * BYTES / 8; i++) {
            args.add(i % 2 == 0 ? "--token" : "s");
        }

        boolean masked = SecretMask.arguments(args);

        assertThat(masked).isFalse(); // a single letter is a switch
    }

    @Test
    void noInputMakesItFall() {
        Random random = new Random(11);
        String[] pieces = {"password", "--", "-", "=", ":", "//", "\"", "'", "\\", " ", "@", "$", "eyJ", "-----BEGIN ",
            "PRIVATE KEY-----", "-----END", "AKIA", "token", "\n", "\0", "\ufffd", "ü", "Bearer", "?sig", "&", "mysql", "-p",
            "x", "curl", "-u", "docker", "login", "Authorization", "cookie"};
        for (int round = 0; round < 50_000; round++) {
            List<String> args = new ArrayList<>();
            for (int arg = random.nextInt(5); arg >= 0; arg--) {
                StringBuilder text = new StringBuilder();
                for (int i = random.nextInt(12); i > 0; i--) {
                    text.append(pieces[random.nextInt(pieces.length)]);
                }
                args.add(text.toString());
            }
            int count = args.size();
            List<String> variables = new ArrayList<>(args);

            SecretMask.arguments(args);
            SecretMask.variables(variables);

            assertThat(args).hasSize(count);
        }
    }

    @Test
    void whatIsMaskedOnceStaysAsItIs() {
        List<String> args = new ArrayList<>(List.of("curl", "-u", "me:pw", "--token=abc", "-H", "Authorization: Bearer abc",
                "https://me:pw@h/?token=abc", "{\"password\":\"abc\"}"));
        SecretMask.arguments(args);
        List<String> once = List.copyOf(args);

        boolean again = SecretMask.arguments(args);

        assertThat(args).isEqualTo(once);
        assertThat(again).isFalse();
    }
}
