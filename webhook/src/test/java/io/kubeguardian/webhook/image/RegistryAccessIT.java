package io.kubeguardian.webhook.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.config.ImagePolicySettings;
import io.kubeguardian.config.ImageSettings;
import io.kubeguardian.config.ImageSettings.WhenUnavailable;
import io.kubeguardian.http.SelfSigned;
import io.kubeguardian.http.ServerCertificate;
import io.prometheus.client.CollectorRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ways into registries: TLS, passwords, tokens, redirects; and what slow ones cost. */
class RegistryAccessIT {
    @TempDir
    private Path folder;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final CollectorRegistry metrics = new CollectorRegistry();
    private final TestSigner signer = TestSigner.ecdsa();
    private Path key;

    @BeforeEach
    void begin() throws Exception {
        key = signer.writeKey(folder.resolve("cosign.pub"));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    @Test
    void aRegistryWithTlsAndAPasswordNeedsItsAuthorityAndTheSecret() throws Exception {
        ServerCertificate certificate = SelfSigned.make("registry", Instant.now());
        Path authority = Files.writeString(folder.resolve("ca.pem"), certificate.authorityPem());
        Path chain = Files.writeString(folder.resolve("tls.crt"), pem("CERTIFICATE", certificate.chain().getFirst().getEncoded()));
        Path secret = Files.writeString(folder.resolve("tls.key"), pem("PRIVATE KEY", certificate.key().getEncoded()));
        Path users = Files.writeString(folder.resolve("users"),
                "ci:" + OpenBSDBCrypt.generate("2y", "secret".toCharArray(), new byte[16], 5) + '\n');
        DockerRegistry registry = opened(DockerRegistry.start(folder,
                "  tls: {certificate: %s, key: %s}".formatted(chain, secret),
                "auth: {htpasswd: {realm: test, path: %s}}".formatted(users)));
        TestImages images = opened(new TestImages("https://" + registry.host(), "team/web",
                RegistryTls.trusting(authority.toString()), TokenService.BASIC));
        signer.sign(images, images.image("1.0", "one"));
        String image = registry.host() + "/team/web:1.0";
        Path good = credentials("good.json", registry.host(), "secret");

        assertThat(check(start(List.of(), good, authority.toString()), image).reasons()).isEmpty();
        assertThat(check(start(List.of(), good, ""), image).reasons()).singleElement().asString()
                .contains("is not verified", "cannot be asked", "unable to find valid certification path");
        assertThat(check(start(List.of(), credentials("bad.json", registry.host(), "wrong"), authority.toString()), image)
                .reasons()).singleElement().asString().contains("refuses access (401)").doesNotContain("wrong");
        assertThat(check(start(List.of(), credentials("other.json", "other.example", "secret"), authority.toString()), image)
                .reasons()).singleElement().asString().contains("wants a user and password");
    }

    @Test
    void aRegistryThatWantsTokensIsAskedWithOne() throws Exception {
        TokenService tokens = opened(new TokenService());
        DockerRegistry registry = opened(DockerRegistry.start(folder, "", tokens.section(folder)));
        TestImages images = opened(new TestImages("http://" + registry.host(), "team/web", null,
                "Bearer " + tokens.token("team/web", "pull", "push")));
        signer.sign(images, images.image("1.0", "one"));
        String image = registry.host() + "/team/web:1.0";
        List<String> plain = List.of(registry.host(), tokens.host());

        assertThat(check(start(plain, credentials("good.json", registry.host(), "secret"), ""), image).reasons()).isEmpty();
        assertThat(check(start(plain, credentials("bad.json", registry.host(), "wrong"), ""), image).reasons())
                .singleElement().asString().contains("gives no token (401)");
        assertThat(check(start(List.of(registry.host()), credentials("good.json", registry.host(), "secret"), ""), image)
                .reasons()).singleElement().asString().contains("sends to a place that is not https");
    }

    @Test
    void referrersBlobsElsewhereAndLies() throws Exception {
        DockerRegistry registry = opened(DockerRegistry.start(folder));
        RegistryFront front = opened(new RegistryFront(registry));
        TestImages images = opened(new TestImages(registry, "team/web"));
        Digest image = images.image("1.0", "one");
        signer.bundle(images, image, Statement.SIGNED, "{}");
        String name = front.host() + "/team/web:1.0";
        List<String> plain = List.of(registry.host(), front.host());

        assertThat(check(start(plain, null, ""), name).reasons()).isEmpty();
        front.blobsElsewhere = true;
        assertThat(check(start(plain, null, ""), name).reasons()).isEmpty();
        assertThat(check(start(List.of(front.host()), null, ""), name).reasons()).singleElement().asString()
                .contains("sends to a place that is not https");
        front.blobsElsewhere = false;
        front.lies = true;
        assertThat(check(start(plain, null, ""), name).reasons()).singleElement().asString()
                .contains("has no signature that is trusted", "the registry gave something else for sha256:");
    }

    @Test
    void aSlowRegistryCostsTheBudgetAndIsNotAskedTwice() throws Exception {
        DockerRegistry registry = opened(DockerRegistry.start(folder));
        RegistryFront front = opened(new RegistryFront(registry));
        TestImages images = opened(new TestImages(registry, "team/web"));
        signer.sign(images, images.image("1.0", "one"));
        front.held = new CountDownLatch(1);
        ImageProvenance provenance = start(40, List.of(front.host()), null, "");
        String image = front.host() + "/team/web:1.0";

        ImageProvenance.Outcome late = check(provenance, image);
        ImageProvenance.Outcome again = check(provenance, image);
        front.held.countDown();

        assertThat(late.reasons()).singleElement().asString().contains("is being asked, try again");
        assertThat(again.reasons()).hasSize(1);
        await(() -> check(provenance, image).reasons().isEmpty());
        assertThat(count("kubeguardian_webhook_images_total", "late")).isGreaterThanOrEqualTo(2);
        assertThat(count("kubeguardian_webhook_image_cache_total", "miss")).isEqualTo(1);
    }

    @Test
    void whatWasVerifiedIsKnownWhileTheRegistryIsAwayAndWhatWasNotIsAskedAgain() throws Exception {
        DockerRegistry registry = opened(DockerRegistry.start(folder));
        TestImages images = opened(new TestImages(registry, "team/web"));
        signer.sign(images, images.image("1.0", "one"));
        signer.sign(images, images.image("2.0", "two"));
        ImageProvenance provenance = start(5000, List.of(registry.host()), null, "");
        String name = registry.host() + "/team/web:";
        check(provenance, name + "1.0");
        registry.stop();

        ImageProvenance.Outcome known = check(provenance, name + "1.0");
        ImageProvenance.Outcome unknown = check(provenance, name + "2.0");
        registry.restart();

        assertThat(known.reasons()).isEmpty();
        assertThat(unknown.reasons()).singleElement().asString().contains("cannot be asked");
        await(() -> check(provenance, name + "2.0").reasons().isEmpty()); // after negativeCacheSeconds
    }

    private static void await(java.util.function.BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within 30 s");
            }
            Thread.sleep(20);
        }
    }

    private ImageProvenance start(List<String> insecure, Path credentials, String authorities) {
        return start(10_000, insecure, credentials, authorities);
    }

    private ImageProvenance start(int budget, List<String> insecure, Path credentials, String authorities) {
        metrics.clear();
        return opened(ImageProvenance.start(new ImageSettings(List.of(new ImagePolicySettings("signed", List.of("**"),
                List.of(key.toString()), null, null, null, null)), List.of(), true, budget, WhenUnavailable.DENY, 300, 1, 100, "",
                credentials == null ? "" : credentials.toString(), authorities, insecure), new ImageMetrics(metrics)));
    }

    private Path credentials(String file, String host, String password) throws Exception {
        ObjectNode auths = TestImages.JSON.createObjectNode();
        auths.withObject("/auths").putObject(host).put("username", "ci").put("password", password);
        return Files.write(folder.resolve(file), TestImages.write(auths));
    }

    private static String pem(String kind, byte[] encoded) {
        return "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(encoded) + "\n-----END " + kind + "-----\n";
    }

    private static ImageProvenance.Outcome check(ImageProvenance provenance, String image) {
        return ImageProvenanceIT.check(provenance, image);
    }

    private double count(String name, String result) {
        return metrics.getSampleValue(name, new String[] {"result"}, new String[] {result});
    }

    private <T extends AutoCloseable> T opened(T one) {
        opened.add(one);
        return one;
    }
}
