package io.kubeguardian.collector.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Messages as servers send them, and as attackers might. */
class DnsMessageTest {
    /** A question for example.com at offset 12; the name's second label, com, is at 20. */
    private static final String QUESTION = "076578616d706c6503636f6d00" + "00010001";

    @Test
    void aQuestionHasNameAndType() {
        DnsMessage message = parse("abcd01000001000000000000" + "034e533107457841" + "4d504c6503636f6d00" + "001c0001");

        assertThat(message).isEqualTo(
                new DnsMessage(0xabcd, false, 0, "ns1.example.com", 28, List.of(), false, true));
    }

    @Test
    void answersOfEveryKnownTypeAreText() {
        DnsMessage message = parse(answers(10)
                + record("0001", "c0000201")
                + record("001c", "20010db8000000000000000000000001")
                + record("0005", "03777777c00c")
                + record("0002", "c00c")
                + record("000c", "c014")
                + record("000f", "000a" + "046d61696cc00c")
                + record("0021", "0001000201bb" + "c00c")
                + record("0010", "0568656c6c6f" + "0322c3a4")
                + record("0027", "00")
                + record("0101", "0005"));

        assertThat(message.readable()).isTrue();
        assertThat(message.answers()).containsExactly("192.0.2.1", "2001:db8:0:0:0:0:0:1", "www.example.com", "example.com",
                "com", "10 mail.example.com", "1 2 443 example.com", "\"hello\" \"\\\"\\195\\164\"", ".", "\\# 2 0005");
    }

    @Test
    void aResponseCodeAndTheSendersTruncationAreTold() {
        DnsMessage message = parse("00018383000100000000" + "0000" + QUESTION);

        assertThat(message.response()).isTrue();
        assertThat(message.responseCode()).isEqualTo(3);
        assertThat(message.truncated()).isTrue();
        assertThat(message.readable()).isTrue();
    }

    @Test
    void bytesThatAreNoTextAreEscaped() {
        DnsMessage message = parse("000101000001000000000000" + "05" + "2e5c00ff41" + "00" + "00100001");

        assertThat(message.name()).isEqualTo("\\.\\\\\\000\\255a");
    }

    @Test
    void theRootIsADot() {
        assertThat(parse("000101000001000000000000" + "00" + "00020001").name()).isEqualTo(".");
    }

    @Test
    void pointersThatDoNotLeadBackAreMalformed() {
        String itself = "c00c";
        String forward = "c010";
        String intoTheHeader = "c000";
        String backAndForth = "03777777c00c"; // its own start again, after a label
        for (String name : new String[] {itself, forward, intoTheHeader, backAndForth}) {
            DnsMessage message = parse("000101000001000000000000" + name + "00010001");

            assertThat(message.readable()).as(name).isFalse();
            assertThat(message.name()).isEmpty();
        }
    }

    @Test
    void aLongChainOfPointersComesToAnEnd() {
        int count = 500;
        int data = 41; // where the data of the first record starts: each pointer in it leads to the one before
        StringBuilder pointers = new StringBuilder("c00c");
        for (int i = 1; i < count; i++) {
            pointers.append("%04x".formatted(0xc000 | data + 2 * (i - 1)));
        }
        String toTheLast = "%04x".formatted(0xc000 | data + 2 * (count - 1));

        DnsMessage message = parse(answers(2) + record("0101", pointers.toString()) + record("0005", toTheLast));

        assertThat(message.readable()).isTrue();
        assertThat(message.answers()).last().isEqualTo("example.com");
    }

    @Test
    void namesLongerThanTheFormatAllowsAreMalformed() {
        String longest = "3f" + "61".repeat(63);
        String header = "000101000001000000000000";

        assertThat(parse(header + longest.repeat(3) + "3d" + "61".repeat(61) + "00" + "00010001").readable()).isTrue();
        assertThat(parse(header + longest.repeat(3) + "3e" + "61".repeat(62) + "00" + "00010001").readable()).isFalse();
        assertThat(parse(header + "40" + "61".repeat(64) + "00" + "00010001").readable()).isFalse();
    }

    @Test
    void countsThatLieAreFoundOut() {
        assertThat(parse("0001018000ff00000000" + "0000" + QUESTION)).satisfies(message -> {
            assertThat(message.readable()).isFalse();
            assertThat(message.name()).isEqualTo("example.com");
        });
        assertThat(parse("00018180" + "0001ffff00000000" + QUESTION + record("0001", "c0000201"))).satisfies(message -> {
            assertThat(message.readable()).isFalse();
            assertThat(message.answers()).containsExactly("192.0.2.1");
        });
    }

    @Test
    void lengthsThatLieAreFoundOut() {
        String[] wrong = {
            record("0001", "c00002"), record("001c", "c0000201"), record("000f", "000a"), record("0010", "05616263"),
            record("0005", "c00c00"), "c00c" + "0001" + "0001" + "0000003c" + "ffff" + "c0000201"};
        for (String record : wrong) {
            DnsMessage message = parse(answers(1) + record);

            assertThat(message.readable()).as(record).isFalse();
            assertThat(message.answers()).isEmpty();
        }
    }

    @Test
    void whatWasCutByUsIsTruncatedRatherThanUnreadable() {
        String whole = answers(2) + record("0001", "c0000201") + record("0001", "c0000202");
        byte[] bytes = HexFormat.of().parseHex(whole);

        DnsMessage message = DnsMessage.parse(Arrays.copyOf(bytes, bytes.length - 3), false);

        assertThat(message.truncated()).isTrue();
        assertThat(message.readable()).isTrue();
        assertThat(message.name()).isEqualTo("example.com");
        assertThat(message.answers()).containsExactly("192.0.2.1");
    }

    @Test
    void noBytesMakeTheParserFailOrGiveMoreThanTheyCanHold() {
        Random random = new Random(53);
        byte[] seed = HexFormat.of().parseHex(answers(3) + record("0005", "03777777c00c") + record("0010", "0568656c6c6f")
                + record("000f", "000a" + "046d61696cc00c"));
        for (int round = 0; round < 200_000; round++) {
            byte[] bytes = Arrays.copyOf(seed, random.nextInt(seed.length + 1));
            for (int i = random.nextInt(6); i > 0 && bytes.length > 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }

            DnsMessage message = DnsMessage.parse(bytes, random.nextBoolean());

            assertThat(message.name().length()).isLessThanOrEqualTo(4 * 255);
            assertThat(message.answers()).hasSizeLessThan(bytes.length / 11 + 1);
        }
    }

    private static String answers(int count) {
        return "00018180" + "0001" + "%04x".formatted(count) + "00000000" + QUESTION;
    }

    private static String record(String type, String data) {
        return "c00c" + type + "0001" + "0000003c" + "%04x".formatted(data.length() / 2) + data;
    }

    private static DnsMessage parse(String hex) {
        return DnsMessage.parse(HexFormat.of().parseHex(hex), true);
    }
}
