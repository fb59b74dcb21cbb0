package io.kubeguardian.webhook.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.config.ImageSettings;
import io.kubeguardian.config.ImageSettings.WhenUnavailable;
import io.kubeguardian.policy.Fix;
import io.kubeguardian.policy.Manifest;
import io.kubeguardian.policy.Node;
import io.kubeguardian.policy.PodSpec;
import io.kubeguardian.policy.PodTemplates;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom images of a real registry run as. */
class ImageUsersIT {
    @TempDir
    private static Path folder;

    private static DockerRegistry registry;
    private static TestImages images;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final CollectorRegistry metrics = new CollectorRegistry();

    @BeforeAll
    static void begin() throws Exception {
        registry = DockerRegistry.start(folder);
        images = new TestImages(registry, "team/web");
    }

    @AfterAll
    static void end() throws Exception {
        if (registry != null) {
            images.close();
            registry.close();
        }
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    @Test
    void anImageOfAnotherUserIsPinnedAndSaysSo() {
        Digest digest = images.image("numeric", "numeric", "1000:1000");

        List<Fix> fixes = fixes(start(true, 10_000), name(":numeric"));

        assertThat(fixes).containsExactly(
                new Fix(List.of("spec", "containers", 0, "image"), Node.string(name(":numeric") + '@' + digest)),
                new Fix(List.of("spec", "containers", 0, "securityContext", "runAsNonRoot"), Node.flag(true)));
        assertThat(count("another")).isEqualTo(1);
    }

    @Test
    void anImageByItsDigestSaysSoAsItStands() {
        Digest digest = images.image("digest", "digest", "65532");

        List<Fix> fixes = fixes(start(false, 10_000), name("@" + digest));

        assertThat(fixes).containsExactly(
                new Fix(List.of("spec", "containers", 0, "securityContext", "runAsNonRoot"), Node.flag(true)));
    }

    @Test
    void aTagThatIsNotToBeReplacedIsLeft() {
        images.image("unpinned", "unpinned", "1000");

        assertThat(fixes(start(false, 10_000), name(":unpinned"))).isEmpty();
        assertThat(count("unpinned")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "0:0", "root", "nobody"})
    void anImageOfRootOfNobodyAndOfANameIsLeft(String user) {
        String tag = "u" + user.replace(':', '-');
        images.image(tag, tag, user);

        assertThat(fixes(start(true, 10_000), name(":" + tag))).isEmpty();
        assertThat(count("unknown")).isEqualTo(1);
    }

    @Test
    void anIndexCountsWhereEachOfItsPlatformsDoes() {
        Digest one = images.image("one", "one", "1000");
        Digest two = images.image("two", "two", "2000");
        Digest root = images.image("three", "three", "0");
        Digest good = images.index("good", one, two);
        images.index("mixed", one, root);
        ImageUsers users = start(true, 10_000);

        assertThat(fixes(users, name(":good"))).hasSize(2).first()
                .isEqualTo(new Fix(List.of("spec", "containers", 0, "image"), Node.string(name(":good") + '@' + good)));
        assertThat(fixes(users, name(":mixed"))).isEmpty();
    }

    @Test
    void aRegistryThatIsSlowOrAwayLeavesThePodAsItIsAndIsCounted() throws Exception {
        images.image("slow", "slow", "1000");
        RegistryFront front = opened(new RegistryFront(registry));
        front.held = new CountDownLatch(1);
        ImageUsers users = start(true, 200, front.host());

        assertThat(fixes(users, front.host() + "/team/web:slow")).isEmpty();
        assertThat(fixes(users, "127.0.0.1:1/team/web:1")).isEmpty();
        assertThat(count("late")).isEqualTo(1);
        assertThat(count("unavailable") + count("late")).isEqualTo(2);

        front.held.countDown(); // the lookup went on: a later request knows
        List<Fix> fixes = List.of();
        for (long end = System.nanoTime() + Duration.ofSeconds(30).toNanos(); fixes.isEmpty() && System.nanoTime() < end; ) {
            Thread.sleep(10);
            fixes = fixes(users, front.host() + "/team/web:slow");
        }
        assertThat(fixes).hasSize(2);
    }

    @Test
    void whatWasWaitedForImagesBeforeCounts() throws Exception {
        RegistryFront front = opened(new RegistryFront(registry));
        front.held = new CountDownLatch(1);
        ImageUsers users = start(true, 10_000, front.host());

        // All of the budget is gone: an answer at once, although the registry says nothing.
        assertThat(users.fixes(pod(front.host() + "/team/web:any"), Duration.ofHours(1))).isEmpty();
        assertThat(count("late")).isEqualTo(1);
    }

    @Test
    void imagesThatNoPatternIsAboutAreNotAskedFor() {
        images.image("other", "other", "1000");

        assertThat(fixes(start(true, 10_000), "registry.example/team/web:1", "no image at all")).isEmpty();
        assertThat(count("late") + count("unavailable")).isZero();
        assertThat(count("invalid")).isEqualTo(1);
    }

    private static String name(String reference) {
        return registry.host() + "/team/web" + reference;
    }

    private ImageUsers start(boolean pin, int budget, String... more) {
        List<String> insecure = new ArrayList<>(List.of(more));
        insecure.addAll(List.of(registry.host(), "127.0.0.1:1"));
        return opened(ImageUsers.start(new ImageSettings(List.of(), List.of("127.0.0.1:*/**"), pin, budget,
                WhenUnavailable.DENY, 300, 15, 100, "", "", "", insecure), new ImageMetrics(metrics)));
    }

    private static List<PodSpec.Container> pod(String... images) {
        ObjectNode pod = TestImages.JSON.createObjectNode();
        ArrayNode containers = pod.putObject("spec").putArray("containers");
        for (String image : images) {
            containers.addObject().put("name", "c" + containers.size()).put("image", image);
        }
        return Manifest.of("", "v1", "Pod", Node.of(pod), PodTemplates.OWN).pod().containers();
    }

    private static List<Fix> fixes(ImageUsers users, String... images) {
        return users.fixes(pod(images), Duration.ZERO);
    }

    private <T extends AutoCloseable> T opened(T one) {
        opened.add(one);
        return one;
    }

    private double count(String result) {
        return metrics.getSampleValue("kubeguardian_webhook_image_users_total", new String[] {"result"},
                new String[] {result});
    }
}
