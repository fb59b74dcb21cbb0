package io.kubeguardian.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.webhook.image.Digest;
import io.kubeguardian.webhook.image.DockerRegistry;
import io.kubeguardian.webhook.image.TestImages;
import io.kubeguardian.webhook.image.TestSigner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where images come from, through the whole webhook over TLS, against a real registry and a real broker. */
class ImageWebhookIT {
    private static final Deque<AutoCloseable> OPENED = new ArrayDeque<>();

    @TempDir
    private static Path folder;

    private static DockerRegistry registry;
    private static TestSigner signer;
    private static TestImages images;
    private static EmbeddedKafka kafka;
    private static TlsClient client;

    @BeforeAll
    static void begin() throws Exception {
        registry = opened(DockerRegistry.start(folder));
        images = opened(new TestImages(registry, "shop/orders"));
        signer = TestSigner.ecdsa();
        signer.writeKey(folder.resolve("cosign.pub"));
        kafka = opened(EmbeddedKafka.start());
        TopicSetup.createMissing(kafka.clientProperties(), 1);
        client = client("deny", 10_000);
    }

    @AfterAll
    static void end() throws Exception {
        while (!OPENED.isEmpty()) {
            OPENED.pop().close();
        }
    }

    @Test
    void aSignedImageIsAdmittedByItsDigestAndNotByATagThatNobodyPinned() {
        Digest digest = images.image("signed", "signed");
        signer.sign(images, digest);

        ObjectNode pinned = client.review(pod("signed@" + digest));
        ObjectNode byTag = client.review(pod("signed"));

        assertThat(pinned.path("allowed").asBoolean()).isTrue();
        assertThat(pinned.has("warnings")).isFalse();
        assertThat(byTag.path("allowed").asBoolean()).isFalse();
        assertThat(byTag.at("/status/message").asText()).contains("verified, but are not pinned");
    }

    @Test
    void whatRunsByItsTagMayBeLookedInto() {
        Digest digest = images.image("running", "running");
        signer.sign(images, digest);
        ObjectNode debugged = Reviews.parse(pod("running"));
        ObjectNode request = debugged.withObject("/request").put("operation", "UPDATE").put("subResource", "ephemeralcontainers");
        request.set("oldObject", request.get("object").deepCopy());
        debugged.withObject("/request/object/spec").putArray("ephemeralContainers").addObject().put("name", "debugger")
                .put("image", name("running") + '@' + digest);

        assertThat(client.review(Reviews.write(debugged)).path("allowed").asBoolean()).isTrue();
        assertThat(client.mutate(Reviews.write(debugged)).has("patch")).isFalse();
    }

    @Test
    void aMutatingReviewPinsWhatWasVerifiedAndAValidatingOneOfTheResultAgrees() throws Exception {
        Digest digest = images.image("pinned", "pinned");
        signer.sign(images, digest);

        ObjectNode response = client.mutate(pod("pinned"));

        assertThat(response.path("allowed").asBoolean()).isTrue();
        assertThat(response.path("patchType").asText()).isEqualTo("JSONPatch");
        JsonNode patch = Reviews.JSON.readTree(response.path("patch").binaryValue());
        assertThat(patch).isEqualTo(Reviews.JSON.createArrayNode().add(Reviews.JSON.createObjectNode().put("op", "replace")
                .put("path", "/spec/containers/0/image").put("value", name("pinned") + '@' + digest)));
        images.image("pinned", "moved"); // by now the tag is something else
        assertThat(client.review(pod("pinned@" + digest)).path("allowed").asBoolean()).isTrue();
        assertThat(client.mutate(pod("pinned@" + digest)).has("patch")).isFalse();
        assertThat(client.review(pod("pinned")).has("patch")).isFalse();
    }

    @Test
    void anImageThatARunningPodGetsIsPinnedAndThoseThatItHasAreLeft() throws Exception {
        Digest digest = images.image("updated", "updated");
        signer.sign(images, digest);
        ObjectNode update = Reviews.parse(pod("updated"));
        ObjectNode request = update.withObject("/request").put("operation", "UPDATE");
        request.set("oldObject", Reviews.parse(pod("before")).at("/request/object"));
        ObjectNode labelled = update.deepCopy();
        labelled.withObject("/request").set("oldObject", request.get("object").deepCopy());
        labelled.withObject("/request/object/spec").put("activeDeadlineSeconds", 60);

        ObjectNode response = client.mutate(Reviews.write(update));

        assertThat(Reviews.JSON.readTree(response.path("patch").binaryValue()).at("/0/value").asText())
                .isEqualTo(name("updated") + '@' + digest);
        assertThat(client.mutate(Reviews.write(labelled)).has("patch")).as("it would be restarted").isFalse();
    }

    @Test
    void aMutatingReviewPinsNothingThatIsNotVerifiedAndLeavesTheDenialToTheValidatingOne() {
        images.image("unsigned2", "unsigned2");

        ObjectNode response = client.mutate(pod("unsigned2"));

        assertThat(response.path("allowed").asBoolean()).isTrue();
        assertThat(response.has("patch")).isFalse();
        assertThat(client.review(pod("unsigned2")).path("allowed").asBoolean()).isFalse();
    }

    @Test
    void anUnsignedImageIsDeniedWithTheReason() {
        images.image("unsigned", "unsigned");

        ObjectNode response = client.review(pod("unsigned"));

        assertThat(response.path("allowed").asBoolean()).isFalse();
        assertThat(response.at("/status/message").asText()).isEqualTo("KubeGuardian denies this Pod: image " + name("unsigned")
                + " of container \"orders\" has no signature that is trusted; nothing stands beside it in its registry"
                + " (image policy shop).");
    }

    @Test
    void aTamperedSignatureAndOneOfAnotherKeyAreDenied() {
        Digest tampered = images.image("tampered", "tampered");
        byte[] payload = TestSigner.payload("orders", tampered);
        byte[] signature = signer.sign(payload);
        signature[10] ^= 1;
        TestSigner.append(images, tampered, payload, signature);
        TestSigner.ecdsa().sign(images, images.image("stranger", "stranger"));

        for (String tag : new String[] {"tampered", "stranger"}) {
            ObjectNode response = client.review(pod(tag));

            assertThat(response.path("allowed").asBoolean()).as(tag).isFalse();
            assertThat(response.at("/status/message").asText()).as(tag).contains("by none of the trusted keys");
        }
    }

    @Test
    void aTagThatMovedAfterSigningIsDeniedAndTheSignedDigestAdmitted() {
        Digest signed = images.image("moving", "signed");
        signer.sign(images, signed);
        images.image("moving", "moved");

        assertThat(client.review(pod("moving")).path("allowed").asBoolean()).isFalse();
        assertThat(client.review(pod("moving@" + signed)).path("allowed").asBoolean()).isTrue();
    }

    @Test
    void aRegistryThatIsAwayIsAnsweredWithinTheBudgetAsThePolicySays() throws Exception {
        DockerRegistry away = opened(DockerRegistry.start(Files.createDirectory(folder.resolve("away"))));
        away.stop();
        String image = away.host() + "/shop/orders:1";

        ObjectNode denied = client.review(podOf(image));
        ObjectNode warned = client("warn", 1).review(podOf(image));

        assertThat(denied.at("/status/message").asText()).contains("is not verified", "cannot be asked");
        assertThat(warned.path("allowed").asBoolean()).isTrue();
        assertThat(warned.at("/warnings/0").asText()).contains("is not verified");
    }

    @Test
    void aBudgetForImagesThatIsAllOfTheRequestsIsAnErrorAtTheStart() {
        assertThatThrownBy(() -> client("deny", 10_000, 10_000)).isInstanceOf(ConfigException.class)
                .hasMessageContaining("images.budgetMillis is 10000, must be below webhook.budgetMillis, which is 10000");
    }

    private static TlsClient client(String onUnavailable, int budgetMillis) throws Exception {
        return client(onUnavailable, budgetMillis, 20_000);
    }

    private static TlsClient client(String onUnavailable, int budgetMillis, int allMillis) throws Exception {
        Webhook webhook = opened(Webhook.start(ConfigReader.read(null, Map.of(
                "KUBEGUARDIAN_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers(),
                "KUBEGUARDIAN_WEBHOOK_HOST", "127.0.0.1", "KUBEGUARDIAN_WEBHOOK_PORT", "0",
                "KUBEGUARDIAN_WEBHOOK_MANAGEMENT_PORT", "0", "KUBEGUARDIAN_WEBHOOK_BUDGET_MILLIS", Integer.toString(allMillis),
                "KUBEGUARDIAN_IMAGES_POLICIES", "[{name: shop, images: ['127.0.0.1:*/shop/*'], keys: ['"
                        + folder.resolve("cosign.pub") + "']}]",
                "KUBEGUARDIAN_IMAGES_INSECURE_REGISTRIES", "['" + registry.host() + "']",
                "KUBEGUARDIAN_ADMISSION_HARDEN", "[]", "KUBEGUARDIAN_IMAGES_ON_UNAVAILABLE", onUnavailable,
                "KUBEGUARDIAN_IMAGES_BUDGET_MILLIS", Integer.toString(budgetMillis)))));
        webhook.whenReady().get(60, TimeUnit.SECONDS);
        return opened(new TlsClient(webhook.caPem(), webhook.port()));
    }

    private static String name(String tag) {
        return registry.host() + "/shop/orders:" + tag;
    }

    private static byte[] pod(String tag) {
        return podOf(name(tag));
    }

    private static byte[] podOf(String image) {
        ObjectNode review = Reviews.tree("pod-create-by-replicaset.json");
        ((ObjectNode) review.at("/request/object/spec/containers/0")).put("image", image);
        return Reviews.write(review);
    }

    private static <T extends AutoCloseable> T opened(T one) {
        OPENED.push(one);
        return one;
    }
}
