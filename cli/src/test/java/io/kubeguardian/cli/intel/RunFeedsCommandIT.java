package io.kubeguardian.cli.intel;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.kubeguardian.cli.CommandRun;
import io.kubeguardian.cli.stack.TopicContents;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The refresher of feeds against a real server and a real broker, until it is interrupted as by Ctrl-C. */
class RunFeedsCommandIT {
    @TempDir
    Path folder;

    private final AtomicInteger asked = new AtomicInteger();
    /** The broken feed, which comes after the list, was asked for a second time: the list was refreshed before. */
    private final CountDownLatch refreshed = new CountDownLatch(2);
    private EmbeddedKafka kafka;
    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        kafka = EmbeddedKafka.start();
        TopicSetup.createMissing(kafka.clientProperties(), 1);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/list", exchange -> answer(exchange,
                asked.incrementAndGet() == 1 ? "203.0.113.9\n" : "203.0.113.9\n203.0.113.10\n!!\n"));
        server.createContext("/broken", exchange -> {
            refreshed.countDown();
            answer(exchange, "{\"type\": \"bundle\", \"objects\": [");
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        kafka.close();
    }

    @Test
    void aFeedIsPublishedAgainWhenItChangesWhatIsMalformedIsCountedAndABrokenFeedStopsNoOther() throws Exception {
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        Path config = Files.writeString(folder.resolve("kubeguardian.yaml"), """
                kafka:
                  bootstrapServers: %s
                intel:
                  feeds:
                    - {name: list, source: "%s/list", allowPlainHttp: true, refreshSeconds: 10}
                    - {name: broken, source: "%s/broken", format: STIX, allowPlainHttp: true, refreshSeconds: 10}
                """.formatted(kafka.bootstrapServers(), url, url));
        FutureTask<CommandRun> run =
                new FutureTask<>(() -> CommandRun.of("intel", "run", "--config", config.toString()));
        Thread command = new Thread(run, "intel-run");

        command.start();
        boolean again = refreshed.await(120, TimeUnit.SECONDS);
        command.interrupt(); // what the hook of Ctrl-C does
        CommandRun ended = run.get(60, TimeUnit.SECONDS);

        assertThat(again).as(ended.err()).isTrue();
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.err()).endsWith("kubeguardian: stopped\n");
        assertThat(ended.out().lines().filter(line -> line.startsWith("list: "))).hasSizeGreaterThanOrEqualTo(2)
                .first().asString().startsWith("list: 1 indicator, 0 left out");
        assertThat(ended.out()).contains("list: 2 indicators, 1 left out").doesNotContain("broken");
        assertThat(ended.err()).contains("kubeguardian: list: line 3", "kubeguardian: feed broken: " + url + "/broken:1:").contains(": not STIX");
        assertThat(TopicContents.of(kafka.clientProperties(), Topics.INTEL)).isNotEmpty();
        assertThat(CommandRun.of("intel", "list", "--config", config.toString()).out()).contains("list")
                .doesNotContain("broken");
    }

    private static void answer(HttpExchange exchange, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
