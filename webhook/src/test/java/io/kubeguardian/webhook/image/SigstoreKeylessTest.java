package io.kubeguardian.webhook.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.ImagePolicySettings.Identity;
import io.kubeguardian.webhook.image.SigstoreWorld.Signing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keyless signatures of a world of the test's own: no network. */
class SigstoreKeylessTest {
    private static final Digest IMAGE = Digest.of("an image".getBytes(StandardCharsets.UTF_8));
    private static final byte[] STATEMENT =
            TestSigner.statement(IMAGE, Statement.SIGNED, TestImages.JSON.createObjectNode());
    private static final byte[] PAYLOAD = TestSigner.payload("example", IMAGE);
    private static final List<Identity> TRUSTED = List.of(
            new Identity(SigstoreWorld.ISSUER, null, null, "https://ci\\.example/team/[a-z]+/build\\.yml@refs/heads/main"));

    @TempDir
    private static Path folder;

    private static SigstoreWorld world;
    private static SigstoreKeyless keyless;

    @BeforeAll
    static void begin() throws Exception {
        world = new SigstoreWorld();
        keyless = new SigstoreKeyless(world.writeTrustedRoot(folder.resolve("trusted_root.json")));
    }

    @Test
    void aBundleOfATrustedIdentityGivesItsStatement() throws Exception {
        Optional<byte[]> statement = keyless.bundle(TestImages.write(world.bundle(STATEMENT, Signing.good())), IMAGE, TRUSTED);

        assertThat(statement).hasValue(STATEMENT);
    }

    @Test
    void aSignatureOfATrustedIdentityIsTrusted() throws Exception {
        keyless.signature(world.signature(PAYLOAD, Signing.good()), TRUSTED);
    }

    @Test
    void otherIdentitiesAreNot() {
        for (Signing other : List.of(
                new Signing(SigstoreWorld.ISSUER, "https://ci.example/evil/web/build.yml", SigstoreWorld.SIGNED, SigstoreWorld.SIGNED),
                new Signing(SigstoreWorld.ISSUER, SigstoreWorld.SUBJECT + "/more", SigstoreWorld.SIGNED, SigstoreWorld.SIGNED),
                new Signing("https://token.evil.example", SigstoreWorld.SUBJECT, SigstoreWorld.SIGNED, SigstoreWorld.SIGNED))) {
            refused(world.bundle(STATEMENT, other), "No provided certificate identities matched");
            refused(world.signature(PAYLOAD, other), "of none of the trusted identities");
        }
    }

    @Test
    void aKeyThatOutlivedItsCertificateSignsNothing() {
        // sigstore-java 2.0.0 alone takes such a bundle.
        Signing late = new Signing(SigstoreWorld.ISSUER, SigstoreWorld.SUBJECT, SigstoreWorld.SIGNED,
                SigstoreWorld.SIGNED.plusSeconds(3600));

        refused(world.bundle(STATEMENT, late), "when its certificate was not valid");
        refused(world.signature(PAYLOAD, late), "when its certificate was not valid");
    }

    @Test
    void anotherWorldsSignaturesAreNotTrusted() {
        SigstoreWorld other = new SigstoreWorld();

        refused(other.bundle(STATEMENT, Signing.good()), "Fulcio certificate was not valid");
        refused(other.signature(PAYLOAD, Signing.good()), "not verifiable against CAs");
    }

    @Test
    void aBundleThatWasChangedIsNotValid() {
        changed("dsse signature", bundle -> ((ObjectNode) bundle.at("/dsseEnvelope/signatures/0")).put("sig", "AAAA"));
        changed("statement", bundle -> ((ObjectNode) bundle.get("dsseEnvelope")).put("payload",
                java.util.Base64.getEncoder().encodeToString(
                        TestSigner.statement(IMAGE, TestSigner.PROVENANCE, TestImages.JSON.createObjectNode()))));
        changed("time", bundle -> entry(bundle).put("integratedTime", "1795000000"));
        changed("no promise", bundle -> entry(bundle).remove("inclusionPromise"));
        changed("no proof", bundle -> entry(bundle).remove("inclusionProof"));
        changed("root", bundle -> ((ObjectNode) entry(bundle).get("inclusionProof"))
                .put("rootHash", java.util.Base64.getEncoder().encodeToString(new byte[32])));
        changed("log entry", bundle -> entry(bundle).put("canonicalizedBody", "e30="));
        changed("log", bundle -> ((ObjectNode) entry(bundle).get("logId")).put("keyId", "AAAA"));
        changed("no entry", bundle -> ((ArrayNode) bundle.at("/verificationMaterial/tlogEntries")).removeAll());
        changed("tree", bundle -> ((ObjectNode) entry(bundle).get("inclusionProof")).put("treeSize", "3"));
    }

    @Test
    void aStatementAboutAnotherImageIsNotAboutThisOne() {
        Digest other = Digest.of("another".getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> keyless.bundle(TestImages.write(world.bundle(STATEMENT, Signing.good())), other, TRUSTED))
                .isInstanceOf(UntrustedException.class).hasMessageContaining("does not match any subject");
    }

    @Test
    void aSignatureWithoutTheLogsPromiseOrWithAnothersIsNotValid() {
        Evidence.Signature good = world.signature(PAYLOAD, Signing.good());
        Evidence.Signature other = world.signature(PAYLOAD, Signing.good());

        refused(new Evidence.Signature(good.payload(), good.signature(), good.certificate(), good.chain(), ""),
                "no entry in a log");
        refused(new Evidence.Signature(good.payload(), good.signature(), good.certificate(), good.chain(), other.logEntry()),
                "of another signature");
        refused(new Evidence.Signature(good.payload(), other.signature(), good.certificate(), good.chain(), good.logEntry()),
                "not its certificate's");
        refused(new Evidence.Signature(good.payload(), good.signature(), "no certificate", "", good.logEntry()), "not valid");
    }

    @Test
    void whateverStandsThereIsAnsweredWithAReason() {
        for (String json : List.of("", "{}", "[]", "{\"mediaType\": 7}", "{\"mediaType\": \"" + EvidenceReader.BUNDLE + "\"}",
                "{\"verificationMaterial\": null}", "[".repeat(50_000))) {
            assertThatThrownBy(() -> keyless.bundle(json.getBytes(StandardCharsets.UTF_8), IMAGE, TRUSTED))
                    .isInstanceOf(UntrustedException.class);
        }
    }

    @Test
    void aFileThatIsNoTrustedRootIsAnErrorAtTheStart() throws Exception {
        Path file = Files.writeString(folder.resolve("none.json"), "{\"certificateAuthorities\": 7}");

        assertThatThrownBy(() -> new SigstoreKeyless(file)).isInstanceOf(ConfigException.class)
                .hasMessageContaining("images.trustedRoot: " + file);
    }

    private static ObjectNode entry(ObjectNode bundle) {
        return (ObjectNode) bundle.at("/verificationMaterial/tlogEntries/0");
    }

    private static void changed(String what, Consumer<ObjectNode> change) {
        ObjectNode bundle = world.bundle(STATEMENT, Signing.good());
        change.accept(bundle);

        assertThatThrownBy(() -> keyless.bundle(TestImages.write(bundle), IMAGE, TRUSTED)).as(what)
                .isInstanceOf(UntrustedException.class);
    }

    private static void refused(ObjectNode bundle, String why) {
        assertThatThrownBy(() -> keyless.bundle(TestImages.write(bundle), IMAGE, TRUSTED))
                .isInstanceOf(UntrustedException.class).hasMessageContaining(why);
    }

    private static void refused(Evidence.Signature signature, String why) {
        assertThatThrownBy(() -> keyless.signature(signature, TRUSTED))
                .isInstanceOf(UntrustedException.class).hasMessageContaining(why);
    }
}
