package io.kubeguardian.collector;

import static io.kubeguardian.collector.TestCgroups.run;
import static io.kubeguardian.collector.TestCgroups.trigger;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.kubeguardian.collector.SensorHarness.Seen;
import io.kubeguardian.collector.TestCgroups.Ended;
import io.kubeguardian.schema.Dns;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBits;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** DNS messages over loopback, in a network namespace of the trigger's own. */
@KernelTest
class DnsSensorIT {
    /** Header (id 0x1234, one question), www.Example.COM, A, IN. */
    private static final String QUESTION = "123401000001000000000000" + "03777777074578616d706c6503434f4d00" + "00010001";
    /** The same, then CNAME example.com (by pointer), A 192.0.2.7. */
    private static final String ANSWER = "123481800001000200000000" + "03777777074578616d706c6503434f4d00" + "00010001"
            + "c00c000500010000003c0002c010" + "c010000100010000003c0004c0000207";

    private final String container = TestCgroups.randomContainer();
    private final String serverContainer = TestCgroups.randomContainer();
    private TestCgroups cgroups;
    private TestCgroups others;
    private SensorHarness seen;
    private Path client;

    @BeforeEach
    void attach() throws Exception {
        cgroups = TestCgroups.monitored();
        others = new TestCgroups();
        seen = new SensorHarness(cgroups.tree());
        client = cgroups.container(TestCgroups.randomPod(), container);
    }

    @AfterEach
    void detach() throws Exception {
        seen.close();
        cgroups.close();
        others.close();
    }

    @ParameterizedTest
    @CsvSource({"4, connect, 127.0.0.1", "4, sendto, 127.0.0.1", "6, connect, 0:0:0:0:0:0:0:1", "6, sendto, 0:0:0:0:0:0:0:1"})
    void aQuestionAndItsAnswerAreSeenWithTheProcessThatAsked(String family, String how, String address) throws Exception {
        Ended ended = run(client, trigger("dns_exchange"), others.root(), family, how, QUESTION, ANSWER);

        seen.read();
        assertThat(ended.status()).isZero();
        assertThat(messages()).hasSize(2).allSatisfy(message -> {
            assertThat(message.raw().getId()).isEqualTo(0x1234);
            assertThat(message.text(message.raw().getName())).isEqualTo("www.example.com");
            assertThat(message.raw().getType()).isEqualTo(1);
            assertThat(message.text(message.raw().getServerAddress())).isEqualTo(address);
            assertThat(message.raw().getServerPort()).isEqualTo(53);
            assertThat(message.raw().getFlags()).isZero();
            SensorHarness.Process process = message.process(message.raw().getProcess());
            assertThat(process.pid()).isEqualTo((int) ended.pid());
            assertThat(process.containerPid()).isEqualTo((int) ended.pid());
            assertThat(process.startTime()).isEqualTo(seen.execs.getFirst().process().startTime());
            assertThat(process.comm()).isEqualTo("dns_exchange");
            assertThat(process.uid()).isZero();
            assertThat(process.containerId()).isEqualTo(container);
        });
        Seen<Dns> question = messages().get(0);
        assertThat(question.raw().getResponse()).isFalse();
        assertThat(question.raw().getSize()).isEqualTo(QUESTION.length() / 2);
        assertThat(question.raw().getAnswers()).isEmpty();
        Seen<Dns> answer = messages().get(1);
        assertThat(answer.raw().getResponse()).isTrue();
        assertThat(answer.raw().getResponseCode()).isZero();
        assertThat(answer.raw().getSize()).isEqualTo(ANSWER.length() / 2);
        assertThat(answer.texts(answer.raw().getAnswers())).containsExactly("example.com", "192.0.2.7");
    }

    @Test
    void aNameServerIsSeenAsOneAndUnknownUntilItSends() throws Exception {
        Path server = cgroups.container(TestCgroups.randomPod(), serverContainer);

        Ended ended = run(client, trigger("dns_exchange"), server, "4", "sendto", QUESTION, ANSWER);

        seen.read();
        List<Seen<Dns>> served = messages().stream()
                .filter(m -> (m.raw().getFlags() & EventBits.DNS_SERVER) != 0).toList();
        assertThat(messages()).hasSize(4);
        assertThat(served).extracting(m -> m.raw().getResponse()).containsExactly(false, true);
        assertThat(served).extracting(m -> m.process(m.raw().getProcess()).pid())
                .containsExactly(0, Integer.parseInt(ended.output().strip()));
        assertThat(served).allSatisfy(message -> {
            assertThat(message.process(message.raw().getProcess()).containerId()).isEqualTo(serverContainer);
            assertThat(message.text(message.raw().getServerAddress())).isEqualTo("127.0.0.1");
        });
    }

    /** Its cgroup is not the socket's any more, so it may be a task that the packet merely came upon. */
    @Test
    void aProcessThatMovedAwayFromItsSocketIsUnknown() throws Exception {
        Path elsewhere = cgroups.container(TestCgroups.randomPod(), serverContainer);

        run(client, trigger("dns_exchange"), elsewhere, "4", "move", QUESTION, ANSWER);

        seen.read();
        List<Seen<Dns>> asked = messages().stream()
                .filter(m -> (m.raw().getFlags() & EventBits.DNS_SERVER) == 0).toList();
        assertThat(asked).extracting(m -> m.raw().getResponse()).containsExactly(false, true);
        assertThat(asked).allSatisfy(message -> {
            assertThat(message.process(message.raw().getProcess()).pid()).isZero();
            assertThat(message.process(message.raw().getProcess()).containerId()).isEqualTo(container);
        });
    }

    @Test
    void anAnswerThatNobodyAskedForIsFlagged() throws Exception {
        run(client, trigger("dns_exchange"), others.root(), "4", "sendto", QUESTION, "4321" + ANSWER.substring(4));

        seen.read();
        assertThat(messages()).extracting(m -> m.raw().getResponse(), m -> m.raw().getFlags()).containsExactly(
                tuple(false, 0), tuple(true, EventBits.DNS_UNASKED));
    }

    @Test
    void whatIsNoDnsIsSeenAndFlagged() throws Exception {
        run(client, trigger("dns_exchange"), others.root(), "4", "connect", "deadbeef", "00".repeat(12) + "ff");

        seen.read();
        assertThat(messages()).extracting(m -> m.raw().getFlags(), m -> m.raw().getSize()).containsExactly(
                tuple(EventBits.DNS_UNREADABLE, 4),
                tuple(EventBits.DNS_UNASKED, 13)); // a header that announces nothing; more may follow it
    }

    @Test
    void aLongAnswerIsCutAndFlagged() throws Exception {
        int records = 100;
        String answer = "12348180000100" + "%02x".formatted(records) + "00000000" + QUESTION.substring(24)
                + "c00c000100010000003c0004c0000207".repeat(records);

        run(client, trigger("dns_exchange"), others.root(), "6", "connect", QUESTION, answer);

        seen.read();
        assertThat(messages()).last().satisfies(message -> {
            assertThat(message.raw().getFlags()).isEqualTo(EventBits.DNS_TRUNCATED);
            assertThat(message.raw().getSize()).isEqualTo(answer.length() / 2);
            assertThat(message.raw().getAnswers()).hasSize((1232 - QUESTION.length() / 2) / 16);
        });
    }

    @Test
    void anUnmonitoredCgroupGivesNothing() throws Exception {
        Path elsewhere = others.container(TestCgroups.randomPod(), container);

        run(elsewhere, trigger("dns_exchange"), others.root(), "4", "connect", QUESTION, ANSWER);

        seen.read();
        assertThat(seen.batches).isEmpty();
        assertThat(seen.unreadable()).isZero();
    }

    private List<Seen<Dns>> messages() {
        return seen.all(EventBatch::getDns);
    }
}
