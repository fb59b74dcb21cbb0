package io.kubeguardian.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.config.FeedFormat;
import io.kubeguardian.config.FeedSettings;
import io.kubeguardian.intel.IntelTopic;
import io.kubeguardian.intel.IntelView;
import io.kubeguardian.intel.feed.FeedExamples;
import io.kubeguardian.intel.feed.FeedRefresh;
import io.kubeguardian.intel.feed.FeedTopic;
import io.kubeguardian.schema.Dns;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.Foreign;
import io.kubeguardian.schema.IntelFeed;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import io.kubeguardian.schema.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Feeds reach a running job through a real broker, and outlive it. */
@SuppressWarnings("try") // clusters that only have to run while a test does
class IntelIT {
    private static final String HASH = "ab".repeat(32);

    private final long start = System.currentTimeMillis() - 60_000;
    private final Story story = new Story(start);
    private int pid = 300;

    @TempDir
    Path folder;

    @Test
    void aPublishedFeedMatchesTheNextEventAndOneThatIsReplacedNoLonger() throws Exception {
        try (KafkaWorld kafka = new KafkaWorld(); FeedTopic topic = new FeedTopic(kafka.client())) {
            // Given a feed that was there before the job
            IntelFeed first = publish(topic, null, "203.0.113.9\n198.51.100.0/24\nevil.example\n/usr/bin/xmrig\n" + HASH);
            String savepoint;
            IntelFeed second;
            try (EmbeddedFlink flink = EmbeddedFlink.start(
                    kafka.config(Story.settings()), new StoryDetectors(), 0, 2, null)) {
                kafka.send(story.pod());

                // When a pod meets an address, a network and a name of it
                connect(kafka, "203.0.113.9");
                connect(kafka, "198.51.100.77");
                ask(kafka, "x.evil.example");
                connect(kafka, "203.0.113.10");
                run(kafka, "/usr/bin/xmrig", HASH);

                // Then each is a signal with where it comes from, since when and until when
                List<Signal> signals = intel(kafka, 5);
                assertThat(signals).extracting(Signal::getRule)
                        .containsExactlyInAnyOrder("intel.ip", "intel.cidr", "intel.domain", "intel.process", "intel.hash");
                assertThat(signals).allSatisfy(signal -> {
                    assertThat(signal.getWorkload().getName()).isEqualTo("orders");
                    assertThat(signal.getContributions().get(0).getName()).isEqualTo("blocklist");
                    assertThat(signal.getScore()).isEqualTo(0.5);
                    assertThat(signal.getTechniques()).containsExactly("T1071");
                    assertThat(signal.getOutputFields()).containsKeys("intel.expires", "intel.source", "intel.indicator");
                });

                // and a feed that replaces it while the job runs is in force as a whole
                second = publish(topic, first, "203.0.113.10\n203.0.113.11\n");
                assertThat(second.getSlot()).isNotEqualTo(first.getSlot());
                await(kafka, second);
                connect(kafka, "198.51.100.78");
                connect(kafka, "203.0.113.10");
                assertThat(intel(kafka, 6)).hasSize(6).last()
                        .extracting(Signal::getRule).isEqualTo("intel.ip");
                savepoint = flink.stopWithSavepoint(folder);
            }

            // When a job goes on from a savepoint, and the first event waits for it already
            connect(kafka, "203.0.113.11");
            try (EmbeddedFlink flink = EmbeddedFlink.start(
                    kafka.config(Story.settings()), new StoryDetectors(), 0, 2, savepoint)) {
                // Then it is met: there was no gap
                assertThat(intel(kafka, 7)).hasSize(7);
            }
        }
    }

    /** Until the job has it: its subtasks share their reader with everybody in this JVM. */
    private static void await(KafkaWorld kafka, IntelFeed feed) throws Exception {
        try (IntelView view = new IntelTopic(kafka.config(Story.settings()).kafka()).open()) {
            long end = System.nanoTime() + KafkaWorld.PATIENCE.toNanos();
            while (!view.current().digests().containsValue(feed.getDigest()) && System.nanoTime() < end) {
                Thread.sleep(20);
            }
            assertThat(view.current().digests()).containsEntry(feed.getName(), feed.getDigest());
        }
    }

    private void connect(KafkaWorld kafka, String address) {
        EventBatchBuilder builder = new EventBatchBuilder();
        builder.addConnect((start + pid) * Story.MILLI, Story.process(builder, pid, pid, "x"), 2, address, 443, 0, 0);
        pid++;
        kafka.send(List.of(story.finish(builder)));
    }

    /** As another sensor reports it: with the hash that the kernel's IMA has of the program. */
    private void run(KafkaWorld kafka, String program, String hash) {
        EventBatchBuilder builder = new EventBatchBuilder();
        int process = Story.process(builder, pid, pid, "x");
        builder.addExec((start + pid++) * Story.MILLI, process, 1, 1L, program, List.of(program), "/", 0);
        EventBatch batch = story.finish(builder);
        List<String> strings = new ArrayList<>(batch.getStrings());
        strings.addAll(List.of("tetragon/process_lsm/bprm_check_security", "ima_hash", "sha256:" + hash));
        batch.setStrings(strings);
        batch.setForeign(List.of(new Foreign(0L, process, strings.size() - 3, List.of(strings.size() - 2),
                List.of(strings.size() - 1))));
        kafka.send(List.of(batch));
    }

    private void ask(KafkaWorld kafka, String name) {
        EventBatchBuilder builder = new EventBatchBuilder();
        int process = Story.process(builder, pid, pid, "x");
        builder.addOpen((start + pid++) * Story.MILLI, process, "/etc/resolv.conf", 0, 0, 3, 0);
        EventBatch batch = story.finish(builder);
        List<String> strings = new ArrayList<>(batch.getStrings());
        strings.add(name);
        batch.setStrings(strings);
        batch.setDns(List.of(Dns.newBuilder().setTime(0).setProcess(process).setResponse(false)
                .setName(strings.size() - 1).setServerAddress(0).build()));
        kafka.send(List.of(batch));
    }

    private static List<Signal> intel(KafkaWorld kafka, int count) {
        return intel(kafka.records(Topics.SIGNALS, Signal.class, all -> intel(all).size() >= count));
    }

    private static List<Signal> intel(List<Signal> signals) {
        return signals.stream().filter(signal -> signal.getKind() == SignalKind.INTEL).toList();
    }

    private IntelFeed publish(FeedTopic topic, IntelFeed before, String list) throws Exception {
        Path file = Files.writeString(folder.resolve("list.txt"), list);
        FeedSettings settings =
                FeedExamples.feed("blocklist", file.toString(), FeedFormat.PLAIN, Map.of("value", "1"), false);
        return FeedRefresh.run(settings, before, topic, "ada").feed();
    }
}
