package io.kubeguardian.webhook.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.config.ImagePolicySettings;
import io.kubeguardian.config.ImagePolicySettings.Action;
import io.kubeguardian.config.ImagePolicySettings.Attestation;
import io.kubeguardian.config.ImagePolicySettings.Identity;
import io.kubeguardian.config.ImageSettings;
import io.kubeguardian.config.ImageSettings.WhenUnavailable;
import io.kubeguardian.policy.Fix;
import io.kubeguardian.policy.Manifest;
import io.kubeguardian.policy.Node;
import io.kubeguardian.policy.PodTemplates;
import io.kubeguardian.webhook.image.SigstoreWorld.Signing;
import io.prometheus.client.CollectorRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images of a real registry, with signatures that the test makes in cosign's formats. */
class ImageProvenanceIT {
    @TempDir
    private static Path folder;

    private static DockerRegistry registry;
    private static TestSigner signer;
    private static Path key;
    private static int number;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private CollectorRegistry metrics = new CollectorRegistry();

    @BeforeAll
    static void begin() throws Exception {
        registry = DockerRegistry.start(folder);
        signer = TestSigner.ecdsa();
        key = signer.writeKey(folder.resolve("cosign.pub"));
    }

    @AfterAll
    static void end() throws Exception {
        if (registry != null) {
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
    void aSignedImageIsAdmittedAndPinnedToWhatWasVerified() {
        String repository = repository();
        TestImages images = opened(new TestImages(registry, repository));
        Digest digest = images.image("1.0", "one");
        signer.sign(images, digest);
        String image = registry.host() + '/' + repository + ":1.0";

        ImageProvenance.Outcome outcome = check(start(policy(key)), image);

        assertThat(outcome.reasons()).isEmpty();
        assertThat(outcome.warnings()).isEmpty();
        assertThat(outcome.fixes()).containsExactly(new Fix(List.of("spec", "containers", 0, "image"),
                Node.string(image + '@' + digest)));
    }

    @Test
    void anImageThatIsMountedAsAVolumeIsJudgedAndPinnedToo() {
        String repository = repository();
        TestImages images = opened(new TestImages(registry, repository));
        Digest digest = images.image("1.0", "one");
        signer.sign(images, digest);
        images.image("2.0", "two");
        String image = registry.host() + '/' + repository + ":1.0";
        ImageProvenance provenance = start(policy(key));

        ImageProvenance.Outcome signed = checkVolume(provenance, image);
        ImageProvenance.Outcome unsigned = checkVolume(provenance, registry.host() + '/' + repository + ":2.0");

        assertThat(signed.reasons()).isEmpty();
        assertThat(signed.fixes()).containsExactly(new Fix(List.of("spec", "volumes", 1, "image", "reference"),
                Node.string(image + '@' + digest)));
        assertThat(unsigned.reasons()).singleElement().asString().contains("of volume model has no signature");
    }

    @Test
    void anIndexIsVerifiedAsAWhole() {
        String repository = repository();
        TestImages images = opened(new TestImages(registry, repository));
        Digest index = images.index("all", images.image("amd64", "one"));
        signer.sign(images, index);

        ImageProvenance.Outcome outcome = check(start(policy(key)), registry.host() + '/' + repository + ":all");

        assertThat(outcome.reasons()).isEmpty();
        assertThat(outcome.fixes()).hasSize(1);
        assertThat(outcome.fixes().getFirst().value().text()).endsWith(index.toString());
    }

    @Test
    void aTagThatMovedAfterSigningIsNotWhatWasSigned() {
        String repository = repository();
        TestImages images = opened(new TestImages(registry, repository));
        Digest signed = images.image("1.0", "signed");
        signer.sign(images, signed);
        images.image("1.0", "moved");
        ImageProvenance provenance = start(policy(key));

        ImageProvenance.Outcome byTag = check(provenance, registry.host() + '/' + repository + ":1.0");
        ImageProvenance.Outcome byDigest = check(provenance, registry.host() + '/' + repository + ":1.0@" + signed);

        assertThat(byTag.reasons()).singleElement().asString().contains("has no signature that is trusted");
        assertThat(byDigest.reasons()).isEmpty();
        assertThat(byDigest.fixes()).isEmpty();
    }

    @Test
    void whatIsPinnedStaysPinnedWhenTheTagMoves() {
        String repository = repository();
        TestImages images = opened(new TestImages(registry, repository));
        Digest signed = images.image("1.0", "signed");
        signer.sign(images, signed);
        ImageProvenance provenance = start(policy(key));
        String tagged = registry.host() + '/' + repository + ":1.0";
        String pinned = check(provenance, tagged).fixes().getFirst().value().text();
        images.image("1.0", "moved");

        ImageProvenance.Outcome outcome = check(provenance, pinned);

        assertThat(outcome.reasons()).isEmpty();
        // Known since the tag was verified: the registry was not asked again.
        assertThat(count("kubeguardian_webhook_image_cache_total", "hit")).isEqualTo(1);
        assertThat(count("kubeguardian_webhook_images_total", "verified")).isEqualTo(2);
    }

    @Test
    void anUnsignedImageIsDeniedWithTheReason() {
        String repository = repository();
        opened(new TestImages(registry, repository)).image("1.0", "one");

        ImageProvenance.Outcome outcome = check(start(policy(key)), registry.host() + '/' + repository + ":1.0");

        assertThat(outcome.fixes()).isEmpty();
        assertThat(outcome.reasons()).containsExactly("image " + registry.host() + '/' + repository
                + ":1.0 of container \"web\" has no signature that is trusted; nothing stands beside it in its registry"
                + " (image policy signed)");
    }

    @Test
    void aPolicyThatWarnsWarns() {
        String repository = repository();
        opened(new TestImages(registry, repository)).image("1.0", "one");
        ImagePolicySettings warn = new ImagePolicySettings("signed", List.of("**"), List.of(key.toString()), null, null,
                null, Action.WARN);

        ImageProvenance.Outcome outcome = check(start(warn), registry.host() + '/' + repository + ":1.0");

        assertThat(outcome.reasons()).isEmpty();
        assertThat(outcome.fixes()).isEmpty();
        assertThat(outcome.warnings()).singleElement().asString().contains("has no signature that is trusted");
    }

    @Test
    void signaturesThatAreTamperedWithByOthersOrForOtherImagesCountForNothing() {
        String repository = repository();
        TestImages images = opened(new TestImages(registry, repository));
        Digest image = images.image("1.0", "one");
        Digest other = images.image("2.0", "two");
        byte[] payload = TestSigner.payload("example", image);
        byte[] tampered = signer.sign(payload);
        tampered[tampered.length - 1] ^= 1;
        TestSigner.append(images, image, payload, tampered);
        TestSigner.append(images, image, payload, TestSigner.ecdsa().sign(payload));
        byte[] ofAnother = TestSigner.payload("example", other);
        TestSigner.append(images, image, ofAnother, signer.sign(ofAnother));
        TestSigner.append(images, image, "no json".getBytes(StandardCharsets.UTF_8),
                signer.sign("no json".getBytes(StandardCharsets.UTF_8)));
        TestSigner.append(images, image, payload, new byte[0]);
        ImageProvenance provenance = start(policy(key));

        ImageProvenance.Outcome outcome = check(provenance, registry.host() + '/' + repository + ":1.0");

        assertThat(outcome.reasons()).singleElement().asString().contains("by none of the trusted keys",
                "for another image", "no JSON");

        signer.sign(images, image); // after all those
        assertThat(check(start(policy(key)), registry.host() + '/' + repository + ":1.0").reasons()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"EC, 384, SHA256withECDSA", "Ed25519, 0, Ed25519", "RSA, 2048, SHA256withRSA"})
    void keysOfEachKindVerify(String kind, int bits, String algorithm) throws Exception {
        TestSigner other = TestSigner.of(kind, bits, algorithm);
        String repository = repository();
        TestImages images = opened(new TestImages(registry, repository));
        other.sign(images, images.image("1.0", "one"));
        signer.sign(images, images.image("2.0", "two"));
        ImageProvenance provenance = start(policy(other.writeKey(folder.resolve(kind + ".pub"))));

        assertThat(check(provenance, registry.host() + '/' + repository + ":1.0").reasons()).isEmpty();
        assertThat(check(provenance, registry.host() + '/' + repository + ":2.0").reasons()).hasSize(1);
    }

    @Test
    void attestationsAreWantedByTypeAndCondition() {
        String repository = repository();
        TestImages images = opened(new TestImages(registry, repository));
        Digest good = images.image("good", "good");
        signer.attest(images, good, TestSigner.PROVENANCE, "{\"runDetails\": {\"builder\": {\"id\": \"https://ci.example\"}}}");
        Digest elsewhere = images.image("elsewhere", "elsewhere");
        signer.attest(images, elsewhere, TestSigner.PROVENANCE, "{\"runDetails\": {\"builder\": {\"id\": \"my laptop\"}}}");
        Digest stranger = images.image("stranger", "stranger");
        TestSigner.ecdsa().attest(images, stranger, TestSigner.PROVENANCE,
                "{\"runDetails\": {\"builder\": {\"id\": \"https://ci.example\"}}}");
        Digest another = images.image("another", "another");
        signer.attest(images, another, "https://spdx.dev/Document", "{}");
        ImageProvenance provenance = start(new ImagePolicySettings("built", List.of("**"), List.of(key.toString()), null,
                false, List.of(new Attestation(TestSigner.PROVENANCE,
                        "object.runDetails.builder.id == 'https://ci.example'")), null));
        String name = registry.host() + '/' + repository;

        assertThat(check(provenance, name + ":good").reasons()).isEmpty();
        assertThat(check(provenance, name + ":elsewhere").reasons()).singleElement().asString()
                .contains("has an attestation " + TestSigner.PROVENANCE + ", but it is not so that object.runDetails");
        assertThat(check(provenance, name + ":stranger").reasons()).singleElement().asString()
                .contains("has no attestation " + TestSigner.PROVENANCE + " that is trusted", "none of the trusted keys");
        assertThat(check(provenance, name + ":another").reasons()).singleElement().asString()
                .contains("has no attestation " + TestSigner.PROVENANCE);
    }

    @Test
    void bundlesThatReferToTheImageAreFoundByTheTagOfRegistriesWithoutReferrers() {
        String repository = repository();
        TestImages images = opened(new TestImages(registry, repository));
        Digest image = images.image("1.0", "one");
        TestSigner.ecdsa().bundle(images, image, Statement.SIGNED, "{}");
        signer.bundle(images, image, TestSigner.PROVENANCE, "{}");
        Digest other = images.image("2.0", "two");
        signer.bundle(images, other, Statement.SIGNED, "{}");

        ImageProvenance provenance = start(policy(key));

        assertThat(check(provenance, registry.host() + '/' + repository + ":1.0").reasons()).singleElement()
                .asString().contains("a bundle is by none of the trusted keys");
        assertThat(check(provenance, registry.host() + '/' + repository + ":2.0").reasons()).isEmpty();
    }

    @Test
    void keylessSignaturesAndAttestationsAreFoundBesideTheImage() throws Exception {
        SigstoreWorld world = new SigstoreWorld();
        Path root = world.writeTrustedRoot(folder.resolve("trusted_root.json"));
        String repository = repository();
        TestImages images = opened(new TestImages(registry, repository));
        Digest old = images.image("old", "old");
        SigstoreWorld.append(images, old, world.signature(TestSigner.payload("example", old), Signing.good()));
        Digest stranger = images.image("stranger", "stranger");
        SigstoreWorld.append(images, stranger, world.signature(TestSigner.payload("example", stranger),
                new Signing(SigstoreWorld.ISSUER, "https://ci.example/evil", SigstoreWorld.SIGNED, SigstoreWorld.SIGNED)));
        Digest other = images.image("other", "other");
        SigstoreWorld.append(images, other, world.signature(TestSigner.payload("example", old), Signing.good()));
        Digest built = images.image("built", "built");
        for (String type : List.of(Statement.SIGNED, TestSigner.PROVENANCE)) {
            images.refer(built, EvidenceReader.BUNDLE, TestImages.write(world.bundle(
                    TestSigner.statement(built, type, TestImages.JSON.createObjectNode().put("level", 3)), Signing.good())));
        }
        List<Identity> identities = List.of(new Identity(SigstoreWorld.ISSUER, null, SigstoreWorld.SUBJECT, null));
        ImageProvenance signed = start(keyless(root, identities, null));
        ImageProvenance attested = start(keyless(root, identities,
                List.of(new Attestation(TestSigner.PROVENANCE, "object.level >= 3"))));
        String name = registry.host() + '/' + repository;

        assertThat(check(signed, name + ":old").reasons()).isEmpty();
        assertThat(check(signed, name + ":stranger").reasons()).singleElement().asString()
                .contains("of none of the trusted identities");
        assertThat(check(signed, name + ":other").reasons()).singleElement().asString().contains("for another image");
        assertThat(check(attested, name + ":built").reasons()).isEmpty();
        assertThat(check(attested, name + ":old").reasons()).singleElement().asString().contains("has no attestation");
    }

    private static ImageSettings keyless(Path root, List<Identity> identities, List<Attestation> attestations) {
        return new ImageSettings(List.of(new ImagePolicySettings("built", List.of("**"), null, identities, null,
                attestations, null)), List.of(), true, 10_000, WhenUnavailable.DENY, 300, 15, 100, root.toString(), "", "",
                List.of(registry.host()));
    }

    @ParameterizedTest
    @CsvSource({"ALLOW, 0, 0", "WARN, 0, 1", "DENY, 1, 0"})
    void aRegistryThatIsAwayIsWhatThePolicySays(WhenUnavailable action, int reasons, int warnings) {
        ImageProvenance provenance = start(settings(List.of(policy(key)), 2000, action));

        ImageProvenance.Outcome outcome = check(provenance, "127.0.0.1:1/team/web:1.0");

        assertThat(outcome.reasons()).hasSize(reasons);
        assertThat(outcome.warnings()).hasSize(warnings);
        assertThat(outcome.fixes()).isEmpty();
        assertThat(count("kubeguardian_webhook_images_total", "unavailable")).isEqualTo(1);
    }

    @Test
    void whatCannotBeReadIsNotARegistryThatIsAway() {
        // Whoever may push an image must not turn "not verified" into "not available", which a policy may allow.
        String repository = repository();
        TestImages images = opened(new TestImages(registry, repository));
        Digest image = images.image("1.0", "one");
        images.append("sha256-" + image.hex() + ".sig", EvidenceReader.SIMPLE_SIGNING, new byte[1 << 20],
                java.util.Map.of(EvidenceReader.SIGNATURE, "AAAA"));
        images.append("sha256-" + image.hex() + ".att", EvidenceReader.ENVELOPE, new byte[3 << 20], java.util.Map.of());
        ObjectNode index = TestImages.JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", Repository.INDEX)
                .put("padding", "x".repeat(2 << 20));
        index.putArray("manifests");
        images.put("sha256-" + image.hex(), index);

        ImageProvenance.Outcome outcome = check(
                start(settings(List.of(policy(key)), 5000, WhenUnavailable.ALLOW)),
                registry.host() + '/' + repository + ":1.0");

        assertThat(outcome.reasons()).singleElement().asString().contains("at most 65536 are read", "is larger than");
    }

    @Test
    void aLayerThatIsLargerThanItSaysIsNotReadBeyondThat() {
        String repository = repository();
        TestImages images = opened(new TestImages(registry, repository));
        Digest image = images.image("1.0", "one");
        byte[] payload = TestSigner.payload("example", image);
        String tag = "sha256-" + image.hex() + ".sig";
        TestSigner.append(images, image, payload, signer.sign(payload));
        ObjectNode manifest = (ObjectNode) TestImages.read(images.get(tag));
        manifest.withObject("/layers/0").put("size", payload.length - 1);
        images.put(tag, manifest);

        assertThat(check(start(policy(key)), registry.host() + '/' + repository + ":1.0").reasons()).singleElement()
                .asString().contains("is larger than " + (payload.length - 1) + " bytes");
    }

    @Test
    void imagesThatNoPolicyIsAboutAreNotAskedForAndNamesThatAreNoneAreDenied() {
        ImageProvenance provenance = start(new ImagePolicySettings("signed", List.of("registry.example/**"),
                List.of(key.toString()), null, null, null, null));

        assertThat(check(provenance, "127.0.0.1:1/team/web:1.0")).isEqualTo(ImageProvenance.Outcome.NOTHING);
        assertThat(check(provenance, "other.example/web@sha512:" + "0".repeat(128))).isEqualTo(ImageProvenance.Outcome.NOTHING);
        assertThat(check(provenance, "registry.example/web@sha512:" + "0".repeat(128)).reasons()).hasSize(1);
        assertThat(check(provenance, "registry.example/Team/web").reasons()).singleElement().asString()
                .contains("cannot be judged");
    }

    private static synchronized String repository() {
        return "team/web" + number++;
    }

    private static ImagePolicySettings policy(Path key) {
        return new ImagePolicySettings("signed", List.of("127.0.0.1:*/**"), List.of(key.toString()), null, null, null, null);
    }

    private static ImageSettings settings(List<ImagePolicySettings> policies, int budget, WhenUnavailable action) {
        return new ImageSettings(policies, List.of(), true, budget, action, 300, 15, 100, "", "", "",
                List.of(registry.host(), "127.0.0.1:1"));
    }

    private ImageProvenance start(ImagePolicySettings... policies) {
        return start(settings(List.of(policies), 10_000, WhenUnavailable.DENY));
    }

    private ImageProvenance start(ImageSettings settings) {
        metrics = new CollectorRegistry();
        return opened(ImageProvenance.start(settings, new ImageMetrics(metrics)));
    }

    private <T extends AutoCloseable> T opened(T one) {
        opened.add(one);
        return one;
    }

    private double count(String name, String result) {
        return metrics.getSampleValue(name, new String[] {"result"}, new String[] {result});
    }

    private static ImageProvenance.Outcome checkVolume(ImageProvenance provenance, String image) {
        ObjectNode pod = TestImages.JSON.createObjectNode();
        ObjectNode spec = pod.putObject("spec");
        spec.putArray("containers").addObject().put("name", "web");
        spec.putArray("volumes").addObject().put("name", "tmp").putObject("emptyDir");
        spec.withArray("volumes").addObject().put("name", "model").putObject("image").put("reference", image);
        return provenance.check(Manifest.of("", "v1", "Pod", Node.of(pod), PodTemplates.OWN).pod());
    }

    static ImageProvenance.Outcome check(ImageProvenance provenance, String image) {
        ObjectNode pod = TestImages.JSON.createObjectNode();
        pod.putObject("spec").putArray("containers").addObject().put("name", "web").put("image", image);
        return provenance.check(Manifest.of("", "v1", "Pod", Node.of(pod), PodTemplates.OWN).pod());
    }
}
