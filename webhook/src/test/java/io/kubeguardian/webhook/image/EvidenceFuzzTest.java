package io.kubeguardian.webhook.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.config.ImagePolicySettings;
import io.kubeguardian.config.ImagePolicySettings.Attestation;
import io.kubeguardian.config.ImagePolicySettings.Identity;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever stands beside an image: it is never a reason to trust the image, and never an exception. */
class EvidenceFuzzTest {
    private static final Digest IMAGE = Digest.of("an image".getBytes(StandardCharsets.UTF_8));
    private static final int ROUNDS = 1000;

    private final TestSigner signer = TestSigner.ecdsa();

    @TempDir
    private Path folder;

    @Test
    void aSignatureVouchesForTheBytesThatWereSignedAlone() throws Exception {
        ImagePolicy policy = policy(null, null);
        byte[] payload = TestSigner.payload("example", IMAGE);
        byte[] signature = signer.sign(payload);
        Random random = new Random(7);

        for (int i = 0; i < ROUNDS; i++) {
            byte[] changed = changed(random, payload);
            Evidence evidence = new Evidence(List.of(new Evidence.Signature(changed, signature, new String(changed,
                    StandardCharsets.ISO_8859_1), "", "")), List.of(), List.of(), List.of());

            assertThat(PolicyVerifier.problem(policy, Keyless.NONE, IMAGE, evidence).isPresent()).as("round %d", i)
                    .isEqualTo(!Arrays.equals(changed, payload));
        }
    }

    @Test
    void anAttestationVouchesForTheStatementThatWasSignedAlone() throws Exception {
        ImagePolicy policy = policy(false, List.of(new Attestation(TestSigner.PROVENANCE, "object.level > 2")));
        byte[] statement = TestSigner.statement(IMAGE, TestSigner.PROVENANCE, TestImages.JSON.createObjectNode().put("level", 3));
        byte[] envelope = TestImages.write(signer.envelope(statement));
        Random random = new Random(8);
        int trusted = 0;

        for (int i = 0; i < ROUNDS; i++) {
            byte[] changed = changed(random, envelope);
            Evidence evidence = new Evidence(List.of(), List.of(changed), List.of(), List.of());
            if (PolicyVerifier.problem(policy, Keyless.NONE, IMAGE, evidence).isEmpty()) {
                assertThat(Envelope.of(TestImages.read(changed)).payload()).as("round %d", i).isEqualTo(statement);
                trusted++;
            }
        }
        assertThat(trusted).isLessThan(ROUNDS / 2);
    }

    @Test
    void aBundleVouchesForTheStatementThatWasSignedAlone() throws Exception {
        SigstoreWorld world = new SigstoreWorld();
        Keyless keyless = new SigstoreKeyless(world.writeTrustedRoot(folder.resolve("root")));
        byte[] statement = TestSigner.statement(IMAGE, Statement.SIGNED, TestImages.JSON.createObjectNode());
        byte[] bundle = TestImages.write(world.bundle(statement, SigstoreWorld.Signing.good()));
        List<Identity> identities = List.of(new Identity(SigstoreWorld.ISSUER, null, SigstoreWorld.SUBJECT, null));
        Random random = new Random(9);
        int trusted = 0;

        for (int i = 0; i < ROUNDS; i++) {
            try {
                assertThat(keyless.bundle(changed(random, bundle), IMAGE, identities)).as("round %d", i).hasValue(statement);
                trusted++;
            } catch (UntrustedException e) {
                assertThat(e).as("round %d", i).hasMessageContaining("bundle");
            }
        }
        assertThat(trusted).isLessThan(ROUNDS / 2);
    }

    private ImagePolicy policy(Boolean signature, List<Attestation> attestations) throws Exception {
        return ImagePolicy.of(new ImagePolicySettings("a", List.of("**"),
                List.of(signer.writeKey(folder.resolve("key")).toString()), null, signature, attestations, null));
    }

    /** Bytes changed, cut or doubled; or a value of the tree replaced by one of another type. */
    private static byte[] changed(Random random, byte[] json) {
        byte[] bytes = json.clone();
        switch (random.nextInt(4)) {
            case 0 -> bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            case 1 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 2 -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(100));
            default -> {
                JsonNode tree = TestImages.read(json);
                replace(random, tree);
                bytes = TestImages.write(tree);
            }
        }
        return bytes;
    }

    private static void replace(Random random, JsonNode tree) {
        List<Runnable> replacements = new ArrayList<>();
        collect(random, tree, replacements);
        replacements.get(random.nextInt(replacements.size())).run();
    }

    private static void collect(Random random, JsonNode node, List<Runnable> replacements) {
        JsonNode[] values = {TestImages.JSON.nullNode(), TestImages.JSON.createObjectNode(), TestImages.JSON.createArrayNode(),
            TestImages.JSON.getNodeFactory().numberNode(-1), TestImages.JSON.getNodeFactory().textNode("")};
        JsonNode value = values[random.nextInt(values.length)];
        node.properties().forEach(field ->
                replacements.add(() -> ((ObjectNode) node).set(field.getKey(), value)));
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            int place = i;
            replacements.add(() -> ((ArrayNode) node).set(place, value));
        }
        node.forEach(child -> collect(random, child, replacements));
    }
}
