package io.kubeguardian.intel.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kubeguardian.config.FeedFormat;
import io.kubeguardian.intel.IntelSet;
import io.kubeguardian.schema.IndicatorType;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Feeds as they are, and as somebody hostile would write them. */
class FeedParserTest {
    private final IntelSet.Scratch scratch = new IntelSet.Scratch();

    @Test
    void aPlainListMayHaveCommentsCountsPortsAndLinesOfAHostsFile() throws Exception {
        FeedContents contents = read(FeedFormat.PLAIN, """
                \ufeff# a list
                203.0.113.1\t12
                203.0.113.2:4444 # with a port
                0.0.0.0 evil.example
                ; another comment

                // and one
                2001:db8::7
                not_a thing
                com
                999.1.1.1
                """);

        assertThat(contents.count()).isEqualTo(4);
        assertThat(contents.leftOut()).isEqualTo(3);
        assertThat(contents.remarks().get(1)).startsWith("line 10: 'com' is a name of one label");
    }

    @Test
    void aStixBundleGivesTheIndicatorsThatOneValueCanMeet() throws Exception {
        FeedContents contents = read(FeedFormat.STIX, """
                {"type": "bundle", "id": "bundle--1", "objects": [
                 {"type": "identity", "name": "x", "nested": {"a": [1, {"b": 2}]}},
                 {"type": "indicator", "pattern_type": "stix", "name": "C2", "confidence": 85,
                  "valid_from": "2026-01-01T00:00:00Z", "valid_until": "2027-01-01T00:00:00.000Z",
                  "pattern": "[ipv4-addr:value = '203.0.113.5' OR ipv4-addr:value ISSUBSET '198.51.100.0/24']"},
                 {"type": "indicator", "pattern": "[file:hashes.'SHA-256' = '%s'] OR [domain-name:value IN ('a.example', 'b.example')]"},
                 {"type": "indicator", "pattern": "[ipv4-addr:value = '203.0.113.6']", "revoked": true},
                 {"type": "indicator", "pattern": "[ipv4-addr:value = '203.0.113.7' AND file:name = 'x']"},
                 {"type": "indicator", "pattern": "[ipv4-addr:value = '203.0.113.7'] FOLLOWEDBY [file:name = 'xx']"},
                 {"type": "indicator", "pattern": "[url:value = 'http://x.example/']"},
                 {"type": "indicator", "pattern": "[ipv4-addr:value != '203.0.113.7']"},
                 {"type": "indicator", "pattern": "[ipv4-addr:value = '203.0.113.7'] WITHIN 5 SECONDS"},
                 {"type": "indicator", "pattern_type": "yara", "pattern": "rule x {}"},
                 {"type": "indicator"}, 7
                ]}""".formatted("ef".repeat(32)));

        assertThat(contents.count()).isEqualTo(5);
        assertThat(contents.leftOut()).isEqualTo(9);
        IntelSet set = FeedExamples.set(FeedExamples.feed(FeedFormat.STIX), """
                {"objects": [{"type": "indicator", "name": "C2", "confidence": 85,
                  "pattern": "[ipv4-addr:value = '203.0.113.5']", "valid_until": "2026-01-01T00:00:00Z"}]}""");
        assertThat(set.address("203.0.113.5", FeedExamples.NOW, scratch)).isEmpty();
    }

    @Test
    void anEventOfMispGivesTheAttributesThatAreMeantForDetection() throws Exception {
        FeedContents contents = read(FeedFormat.MISP, """
                {"response": [{"Event": {"info": "Campaign", "Attribute": [
                  {"type": "ip-dst|port", "value": "203.0.113.5|443", "to_ids": true, "timestamp": "1767225600"},
                  {"type": "domain|ip", "value": "evil.example|203.0.113.6", "to_ids": "1", "Tag": [{"name": "tlp"}]},
                  {"type": "domain", "value": "context.example", "to_ids": false},
                  {"type": "url", "value": "http://x.example/", "to_ids": true},
                  {"type": "sha256", "value": "zz", "to_ids": true}, "junk"],
                 "Object": [{"name": "file", "Attribute": [
                  {"type": "md5", "value": "%s", "to_ids": true}, {"type": "filename|sha1", "value": "x|%s", "to_ids": true}]}]}}]}
                """.formatted("ab".repeat(16), "ab".repeat(20)));

        assertThat(contents.count()).isEqualTo(5);
        assertThat(contents.sorted().keySet()).containsExactlyInAnyOrder(IndicatorType.IPV4, IndicatorType.DOMAIN,
                IndicatorType.MD5, IndicatorType.SHA1);
        assertThat(contents.sorted().get(IndicatorType.IPV4).get(0).label()).isEqualTo("Campaign");
    }

    @Test
    void csvWithQuotesAndNumbersForColumns() throws Exception {
        FeedContents contents = FeedExamples.read(FeedExamples.feed("x", "x.csv", FeedFormat.CSV,
                Map.of("value", "2", "confidence", "3"), false), "# comment\n\"a \"\"b\"\"\",203.0.113.5,70\nz,,\nz\n");

        assertThat(contents.count()).isEqualTo(1);
        assertThat(contents.leftOut()).isEqualTo(2);
        assertThat(contents.sorted().get(IndicatorType.IPV4).get(0).confidence()).isEqualTo(70);
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0/0, wide", "::/0, wide", "1.0.0.0/7, wide", "10.1.2.3, not public", "192.168.0.0/16, not public",
        "127.0.0.1, not public", "169.254.169.254, not public", "fd00::1, not public", "::ffff:10.0.0.1, not public",
        "10.0.0.0/9, not public", "172.0.0.0/8, not public", "::1, not public",
    })
    void whatWouldMatchEverythingOrTheClusterItselfIsRefusedUnlessForced(String listed, String why) throws Exception {
        FeedContents refused = read(FeedFormat.PLAIN, listed);
        FeedContents forced = FeedExamples.read(
                FeedExamples.feed("x", "x", FeedFormat.PLAIN, Map.of("value", "1"), true), listed);

        assertThat(refused.count()).isZero();
        assertThat(refused.remarks().get(0)).contains(why).contains("takes it");
        assertThat(forced.count()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "7", "{\"objects\": 7}", "{\"objects\": [{\"type\": \"indi", "\u0000\u0001", "<html>",
        "{\"objects\": [{\"pattern\": \"[[[[\"}]", "{}"})
    void whatIsNoBundleIsRefusedWhole(String text) {
        assertThatThrownBy(() -> read(FeedFormat.STIX, text)).isInstanceOf(FeedException.class)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(400));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "[]", "]", "''", "[a", "[a = ", "[a = 'b'", "[ipv4-addr:value = '1.2.3.4'] OR", "['a' = 'b']",
        "[ipv4-addr:value = ''']", "[ipv4-addr:value IN ('203.0.113.1']", "[ipv4-addr:value = 203]", "(((((((((",
        "[NOT ipv4-addr:value = '203.0.113.1']", "[domain-name:value = 'com']", "[x:y\\u0000 = 'z']"})
    void aBrokenPatternIsLeftOutWithAReason(String pattern) {
        assertThatThrownBy(() -> StixPattern.parse(pattern)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nestingWithoutEndEndsTheFeed() {
        String deep = "{\"objects\": [" + "[".repeat(100_000);

        assertThatThrownBy(() -> read(FeedFormat.STIX, deep)).isInstanceOf(FeedException.class);
        assertThatThrownBy(() -> read(FeedFormat.MISP, "{\"a\":" + "[".repeat(100_000))).isInstanceOf(FeedException.class);
    }

    @Test
    void aLineOfAHundredMegabytesTakesNoMemory() throws Exception {
        // Given a line without an end, made as it is read, and a good one behind it
        InputStream line = new InputStream() {
            private long at;

            @Override
            public int read() {
                long now = at++;
                return now < 100_000_000 ? 'a' : now == 100_000_000 ? '\n' : now < 100_000_001 + 11 ? "203.0.113.1".charAt(
                        (int) (now - 100_000_001)) : -1;
            }

            @Override
            public int read(byte[] bytes, int from, int length) {
                int count = 0;
                for (int b = read(); ; b = read()) {
                    if (b < 0) {
                        return count == 0 ? -1 : count;
                    }
                    bytes[from + count++] = (byte) b;
                    if (count == length) {
                        return count;
                    }
                }
            }
        };
        FeedContents contents = new FeedContents(FeedExamples.feed(FeedFormat.PLAIN));

        FeedParser.read(line, "feed", contents);

        assertThat(contents.count()).isEqualTo(1);
        assertThat(contents.remarks()).containsExactly("line 1: longer than 4096 bytes");
    }

    @Test
    void theListsOfOthersAreRead() throws Exception {
        Path folder = Path.of("../../shared/data/threat-intel");
        assumeThat(Files.isDirectory(folder)).as("the threat-intelligence lists of ../shared/data are not here").isTrue();

        FeedContents addresses = read(FeedFormat.PLAIN, Files.readString(folder.resolve("ipsum-level5.txt")));
        FeedContents domains = read(FeedFormat.PLAIN, Files.readString(folder.resolve("crypto-mining-domains.txt")));

        assertThat(addresses.count()).isGreaterThan(1_000);
        assertThat(addresses.leftOut()).isZero();
        assertThat(domains.count()).isGreaterThan(1_000);
        assertThat(domains.leftOut()).isLessThan(10);
    }

    private static FeedContents read(FeedFormat format, String text) throws Exception {
        return FeedExamples.read(FeedExamples.feed(format), text);
    }
}
