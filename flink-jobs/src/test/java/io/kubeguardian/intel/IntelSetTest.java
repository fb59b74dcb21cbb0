package io.kubeguardian.intel;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.intel.feed.FeedExamples;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From a list as people write it to what is found of an event. */
class IntelSetTest {
    private static final long NOW = FeedExamples.NOW;

    private final IntelSet.Scratch scratch = new IntelSet.Scratch();

    @ParameterizedTest
    @CsvSource({
        "203.0.113.9, 203.0.113.9, 203.0.113.9",
        "203.0.113.9, ::ffff:203.0.113.9, 203.0.113.9",
        "::ffff:203.0.113.9, 203.0.113.9, 203.0.113.9",
        "203.0.113.9:3333, 203.0.113.9, 203.0.113.9",
        "203.0.113.0/24, 203.0.113.255, 203.0.113.0/24",
        "203.0.113.77/24, 203.0.113.1, 203.0.113.0/24",
        "203.0.113.9/32, 203.0.113.9, 203.0.113.9",
        "2001:db8::1, 2001:db8:0:0::1, 2001:db8:0:0:0:0:0:1",
        "2001:db8:5::/48, 2001:db8:5:ffff::9, 2001:db8:5:0:0:0:0:0/48",
        "::ffff:203.0.113.0/120, 203.0.113.7, 203.0.113.0/24",
    })
    void anAddressIsFoundHoweverItIsWritten(String listed, String seen, String indicator) throws Exception {
        IntelSet set = FeedExamples.set(listed);

        assertThat(set.address(seen, NOW, scratch)).extracting(IntelMatch::indicator).containsExactly(indicator);
    }

    @ParameterizedTest
    @CsvSource({
        "203.0.113.9, 203.0.113.8", "203.0.113.0/24, 203.0.114.0", "203.0.113.0/24, 203.0.112.255",
        "203.0.113.9, /run/docker.sock", "203.0.113.9, 2001:db8::1", "2001:db8::/32, 203.0.113.9", "203.0.113.9, 'x'",
        "203.0.113.9, 203.0.113.9.1", "203.0.113.0/24, 2001:db8::1",
    })
    void whatIsNotListedIsNotFound(String listed, String seen) throws Exception {
        assertThat(FeedExamples.set(listed).address(seen, NOW, scratch)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "evil.example, evil.example, true", "evil.example, EVIL.Example., true", "evil.example, a.b.evil.example, true",
        "evil.example, notevil.example, false", "evil.example, example, false", "evil.example, evil.example.org, false",
        "*.evil.example, x.evil.example, true", "b\u00fccher.example, xn--bcher-kva.example, true",
        "xn--bcher-kva.example, xn--bcher-kva.example, true", "evil.example, b\u00fccher.example, false",
        "evil.example, '', false", "evil.example, ., false", "evil.example, ..evil.example, true",
    })
    void aDomainStandsForAllNamesBelowIt(String listed, String seen, boolean found) throws Exception {
        assertThat(FeedExamples.set(listed).domain(seen, NOW, scratch)).hasSize(found ? 1 : 0);
    }

    @Test
    void ofNestedNetworksTheNarrowestThatIsStillListedSpeaks() throws Exception {
        IntelSet set = FeedExamples.set(FeedExamples.csv("value", "expires"), """
                value,expires
                203.0.0.0/16,
                203.0.113.0/24,2026-01-01
                203.0.113.0/28,
                203.0.113.0/24,2026-01-02
                203.0.113.16/28,
                """);

        assertThat(set.address("203.0.113.3", NOW, scratch).get(0).indicator()).isEqualTo("203.0.113.0/28");
        assertThat(set.address("203.0.113.20", NOW, scratch).get(0).indicator()).isEqualTo("203.0.113.16/28");
        assertThat(set.address("203.0.113.40", NOW, scratch).get(0).indicator()).isEqualTo("203.0.0.0/16");
        assertThat(set.address("203.0.255.255", NOW, scratch).get(0).indicator()).isEqualTo("203.0.0.0/16");
        assertThat(set.address("203.1.0.0", NOW, scratch)).isEmpty();
    }

    @Test
    void networksAreFoundAsAScanOfAllOfThemFindsThem() throws Exception {
        // Given networks of all sizes on top of each other
        Random random = new Random(7);
        StringBuilder list = new StringBuilder();
        java.util.List<io.kubeguardian.schema.IpNetwork> all = new java.util.ArrayList<>();
        for (int i = 0; i < 400; i++) {
            String text = "203." + random.nextInt(4) + '.' + random.nextInt(256) + '.' + random.nextInt(256) + '/'
                    + (12 + random.nextInt(20));
            list.append(text).append('\n');
            all.add(io.kubeguardian.schema.IpNetwork.of(text));
        }
        IntelSet set = FeedExamples.set(list.toString());

        for (int i = 0; i < 5_000; i++) {
            String address = "203." + random.nextInt(5) + '.' + random.nextInt(256) + '.' + random.nextInt(256);
            int narrowest = all.stream().filter(n -> n.contains(io.kubeguardian.schema.IpNetwork.parse(address)))
                    .mapToInt(n -> n.bits() - 96).max().orElse(-1);

            List<IntelMatch> found = set.address(address, NOW, scratch);

            assertThat(found.isEmpty() ? -1 : Integer.parseInt(found.get(0).indicator().split("/")[1])).as(address)
                    .isEqualTo(narrowest);
        }
    }

    @Test
    void whatIsKnownOfAnIndicatorComesWithIt() throws Exception {
        IntelSet set = FeedExamples.set(FeedExamples.csv("value", "firstSeen", "lastSeen", "expires",
                "confidence", "label"), """
                value,firstSeen,lastSeen,expires,confidence,label
                evil.example,2026-01-01,2026-09-01T10:00:00Z,2030-01-01 00:00:00,90,"botnet, the second"
                other.example,,,,,
                """);

        IntelMatch match = set.domain("evil.example", NOW, scratch).get(0);

        assertThat(match.label()).isEqualTo("botnet, the second");
        assertThat(match.confidence()).isEqualTo(90);
        assertThat(match.firstSeen()).isEqualTo(1_767_225_600L);
        assertThat(match.expires()).isEqualTo(FeedExamples.FEED_EXPIRES / 1_000_000_000L);
        assertThat(match.techniques()).containsExactly("T1071");
        assertThat(set.domain("other.example", NOW, scratch).get(0).confidence()).isEqualTo(50);
    }

    @Test
    void aFeedThatNobodyRefreshesEnds() throws Exception {
        IntelSet set = FeedExamples.set("203.0.113.9");

        assertThat(set.address("203.0.113.9", FeedExamples.FEED_EXPIRES - 1, scratch)).hasSize(1);
        assertThat(set.address("203.0.113.9", FeedExamples.FEED_EXPIRES, scratch)).isEmpty();
    }

    @Test
    void programsAndHashesAreFound() throws Exception {
        String sha256 = "ab".repeat(32);
        IntelSet set = FeedExamples.set("/usr/bin/xmrig\n" + sha256 + "\n" + "cd".repeat(16));

        assertThat(set.program("/usr/bin/xmrig", NOW, scratch)).hasSize(1);
        assertThat(set.program("/opt/xmrig", NOW, scratch)).isEmpty();
        assertThat(set.hash("sha256:" + sha256.toUpperCase(java.util.Locale.ROOT), NOW)).hasSize(1);
        assertThat(set.hash("cd".repeat(16), NOW)).hasSize(1);
        assertThat(set.hash("cd".repeat(20), NOW)).isEmpty();
        assertThat(set.hash("no hash", NOW)).isEmpty();
    }
}
