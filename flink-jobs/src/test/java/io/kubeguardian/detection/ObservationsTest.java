package io.kubeguardian.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.baseline.Activity;
import io.kubeguardian.baseline.Observation;
import io.kubeguardian.baseline.ObservedItem;
import io.kubeguardian.config.BaselineSettings;
import io.kubeguardian.intel.IntelSource;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Call;
import io.kubeguardian.schema.Connect;
import io.kubeguardian.schema.Dns;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.Exec;
import io.kubeguardian.schema.FileChange;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.SocketCall;
import io.kubeguardian.schema.SyscallCounts;
import io.kubeguardian.schema.Topics;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the baselines are told of a pod's events. */
class ObservationsTest {
    private static final int O_WRONLY = 1;
    private static final int O_DIRECTORY = 0200000;
    private static final int ENOENT = -2;
    private static final int EACCES = -13;

    private final Story story = new Story(1_790_000_000_000L);
    private DetectHarness operator;

    @BeforeEach
    void open() throws Exception {
        start(BaselineSettings.defaults());
    }

    @AfterEach
    void close() throws Exception {
        operator.close();
    }

    private void start(BaselineSettings baseline) throws Exception {
        if (operator != null) {
            operator.close();
        }
        operator = DetectHarness.open(new DetectFunction(Story.settings(), baseline, new StoryDetectors(),
                IntelSource.none(), List.of(), DetectionClock.system(), false), new EmbeddedRocksDBStateBackend(), null);
        send(Topics.PODS, story.pod().getUpdatedAt(), AvroCodec.of(PodMetadata.class).encode(story.pod()));
    }

    @Test
    void eachKindIsToldByItsShape() throws Exception {
        EventBatchBuilder batch = new EventBatchBuilder();
        long time = story.start;
        batch.addExec(time, Story.server(batch), 1, 1L, "/srv/orders", List.of("orders", "--port", "80"), "/srv", 0);
        batch.addFork(time + 1, Story.server(batch), 200, 20, 9_000L);
        int child = batch.process(200, 20, 9_000L, Story.CONTAINER, "convert", 0, 0);
        batch.add(Exec.newBuilder().setTime(time + 2).setProcess(child).setParentPid(100)
                .setParentStartTime(Story.SERVER_START).setExe(batch.string("/usr/bin/convert"))
                .setArgs(batch.strings(List.of("convert", "-resize", "100x100"))).setCwd(0).setFlags(0)
                .setCapEffective(-1L).build());
        batch.addOpen(time + 3, child, "/var/lib/data/4711", 0, 0, 3, 0);
        batch.addOpen(time + 3, child, "/var/log/x", O_WRONLY, 0, 3, 0);
        batch.addOpen(time + 3, child, "/etc", O_DIRECTORY, 0, 3, 0);
        batch.addOpen(time + 3, child, "/not/there", 0, 0, ENOENT, 0);
        batch.addOpen(time + 3, child, "/etc/shadow", 0, 0, EACCES, 0);
        batch.add(FileChange.newBuilder().setTime(time + 4).setProcess(child).setCall(batch.string("rename"))
                .setPath(batch.string("/srv/a")).setSecondPath(batch.string("/srv/b")).setResult(0).build());
        batch.add(Dns.newBuilder().setTime(time + 5).setProcess(child).setResponse(false)
                .setName(batch.string("db.shop.svc.cluster.local")).build());
        batch.add(Dns.newBuilder().setTime(time + 6).setProcess(child).setResponse(true)
                .setName(batch.string("db.shop.svc.cluster.local"))
                .setAnswers(batch.strings(List.of("10.0.0.5"))).build());
        batch.addConnect(time + 7, child, 2, "10.0.0.5", 5432, 0, 0);
        batch.add(Connect.newBuilder().setTime(time + 8).setProcess(child).setFamily(10)
                .setAddress(batch.string("2001:db8:0:0:0:0:0:7")).setPort(53).setResult(0).setType(2).build());
        batch.add(SocketCall.newBuilder().setTime(time + 9).setProcess(child).setCall(batch.string("bind")).setFd(3)
                .setFamily(2).setType(1).setLocalPort(80).setResult(0).build());
        batch.add(SocketCall.newBuilder().setTime(time + 10).setProcess(child).setCall(batch.string("listen")).setFd(3)
                .setFamily(2).setType(1).setLocalPort(80).setResult(0).build());
        batch.add(Call.newBuilder().setTime(time + 11).setProcess(child).setCall(batch.string("mount")).setResult(0L).build());
        batch.add(Call.newBuilder().setTime(time + 12).setProcess(child).setCall(batch.string("setns")).setResult(-1L).build());
        batch.add(SyscallCounts.newBuilder().setTime(time + 13).setContainer(batch.string(Story.CONTAINER))
                .setInterval(10 * Story.SECOND).setCalls(batch.strings(List.of("read", "write")))
                .setCounts(List.of(7L, 3L)).build());

        batch(story.finish(batch));

        Observation observation = observations().get(0);
        assertThat(observation.items).extracting(item -> item.kind + ' ' + item.item).containsExactlyInAnyOrder(
                "exec /srv/orders", "args /srv/orders --port <n>", "user 1000",
                "exec /usr/bin/convert", "parent /srv/orders > /usr/bin/convert", "args /usr/bin/convert -resize <s>",
                "user 0", "file read /var/lib/data/<n>", "file write /var/log/x", "file list /etc", "file read /etc/shadow",
                "file change /srv/a", "file change /srv/b", "dns db.shop.svc.cluster.local",
                "connect db.shop.svc.cluster.local:5432", "connect [2001:db8:0:0:0:0:0:7]:53/udp",
                "capability CAP_NET_BIND_SERVICE", "listen 80/tcp", "capability CAP_SYS_ADMIN");
        ObservedItem data = item(observation, "read /var/lib/data/<n>");
        assertThat(data.example).isEqualTo("/var/lib/data/4711");
        assertThat(data.image).isEqualTo("shop/orders:1.2");
        assertThat(observation.processes.get(data.process).process.getExe()).isEqualTo("/usr/bin/convert");
        assertThat(observation.processes.get(data.process).ancestors).extracting(p -> p.getExe())
                .containsExactly("/srv/orders");
        assertThat(item(observation, "db.shop.svc.cluster.local:5432").alternative).isEqualTo("10.0.0.5:5432");
        assertThat(observation.calls).singleElement().satisfies(calls -> {
            assertThat(calls.names).containsExactly("read", "write");
            assertThat(calls.from).isEqualTo(time + 13 - 10 * Story.SECOND);
        });
    }

    @Test
    void whatIsKnownIsNotToldAgainWithinTheMinuteAndHowOftenItWasIsToldByTheMinute() throws Exception {
        for (int second = 0; second <= 65; second++) {
            EventBatchBuilder batch = new EventBatchBuilder();
            for (int i = 0; i < 10; i++) {
                batch.addOpen(story.start + second * Story.SECOND + i, Story.server(batch), "/data/" + second + i, 0, 0, 3, 0);
            }
            batch(story.finish(batch));
        }

        List<Observation> told = observations();
        assertThat(told.stream().flatMap(o -> o.items.stream()).filter(item -> item.kind.equals("file"))).hasSize(2);
        // The minute is over with the batch of second 60, which is in it.
        assertThat(told.stream().filter(o -> o.activity.length > 0)).singleElement()
                .satisfies(o -> assertThat(o.activity[Activity.READS.ordinal()]).isEqualTo(610));

        // And when nothing more comes, the rest is told by the clock.
        operator.processWatermark(story.start / Story.MILLI + 200_000);
        assertThat(observations().stream().filter(o -> o.activity.length > 0)
                .mapToLong(o -> o.activity[Activity.READS.ordinal()]).sum()).isEqualTo(660);
    }

    @Test
    void kindsThatAreSwitchedOffAreNotTold() throws Exception {
        start(settings("exec", "connect"));
        story.normal().forEach(this::quietly);
        assertThat(observations().stream().flatMap(o -> o.items.stream())).extracting(item -> item.kind)
                .containsOnly("exec", "connect");

        start(settings());
        story.attack().forEach(this::quietly);
        assertThat(operator.getSideOutput(DetectFunction.OBSERVATIONS)).isNull();
    }

    private static BaselineSettings settings(String... kinds) {
        return new BaselineSettings(List.of(kinds), 4, 604_800, 64, 1024, 60, 24, 100, 2, 20);
    }

    private static ObservedItem item(Observation observation, String name) {
        return observation.items.stream().filter(item -> item.item.equals(name)).findFirst().orElseThrow();
    }

    private List<Observation> observations() {
        List<Observation> all = new ArrayList<>();
        operator.getSideOutput(DetectFunction.OBSERVATIONS).forEach(record -> all.add(record.getValue()));
        return all;
    }

    private void quietly(EventBatch batch) {
        try {
            batch(batch);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private void batch(EventBatch batch) throws Exception {
        send(Topics.EVENTS, batch.getBaseTime() / Story.MILLI, AvroCodec.of(EventBatch.class)
                .encode(batch));
    }

    private void send(String topic, long millis, byte[] value) throws Exception {
        operator.processElement(new RawRecord(topic, 0, 0, millis, Keys.bytes(Story.POD_UID), value),
                millis);
    }
}
