package io.kubeguardian.webhook.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.ConfigReader;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings that cannot be used are one line at the start. */
class ImagePolicyTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{images: ['**'], keys: [KEY]} | a policy needs a name",
        "{name: a, keys: [KEY]} | images.policies.a.images must name patterns",
        "{name: a, images: ['**']} | images.policies.a needs keys or identities",
        "{name: a, images: ['**'], keys: [KEY], signature: false} | neither a signature nor attestations",
        "{name: a, images: ['**'], keys: [none.pub]} | images.policies.a.keys: cannot read none.pub",
        "{name: a, images: ['**'], keys: [NOKEY]} | must hold one -----BEGIN PUBLIC KEY-----",
        "{name: a, images: ['**'], keys: [BROKEN]} | is no public key of ECDSA, Ed25519 or RSA",
        "{name: a, images: ['**'], keys: [WEAK]} | is an RSA key of 1024 bits",
        "{name: a, images: ['**'], keys: [KEY], attestations: [{condition: 'true'}]} | an attestation needs a predicateType",
        "{name: a, images: ['**'], keys: [KEY], attestations: [{predicateType: p, condition: '1 +'}]} | images.policies.a.attestations: condition of p: ",
        "{name: a, images: ['**'], keys: [KEY], attestations: [{predicateType: p, condition: '1 + 1'}]} | gives int, must give bool",
        "{name: a, images: ['**'], identities: [{issuer: i, subject: s}]} | need images.trustedRoot",
        "{name: a, images: ['**'], identities: [{issuer: i}]} | one of subject and subjectRegex",
        "{name: a, images: ['**'], identities: [{issuer: i, subject: s, subjectRegex: s}]} | one of subject and subjectRegex",
        "{name: a, images: ['**'], keys: [KEY], action: maybe} | maybe",
        "{name: a, images: ['**'], key: KEY} | key",
    })
    void whatIsWrongIsNamed(String policy, String message) throws Exception {
        TestSigner.ecdsa().writeKey(folder.resolve("KEY"));
        TestSigner.of("RSA", 1024, "SHA256withRSA").writeKey(folder.resolve("WEAK"));
        Files.writeString(folder.resolve("NOKEY"), "-----BEGIN PRIVATE KEY-----");
        Files.writeString(folder.resolve("BROKEN"), "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
        String yaml = policy.replaceAll("(NOKEY|KEY|BROKEN|WEAK)", "'" + folder + "/$1'");

        assertThatThrownBy(() -> start(Map.of("KUBEGUARDIAN_IMAGES_POLICIES", '[' + yaml + ']')))
                .isInstanceOf(ConfigException.class).hasMessageContaining(message)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    @Test
    void aTrustedRootOrAuthoritiesThatAreNoneAreNamed() throws Exception {
        Path none = Files.writeString(folder.resolve("none"), "nothing");
        Path key = TestSigner.ecdsa().writeKey(folder.resolve("key"));
        String keyed = "[{name: a, images: ['**'], keys: ['" + key + "']}]";
        String keyless = "[{name: a, images: ['**'], identities: [{issuer: i, subjectRegex: 's('}]}]";

        assertThatThrownBy(() -> start(Map.of("KUBEGUARDIAN_IMAGES_POLICIES", keyed,
                "KUBEGUARDIAN_IMAGES_REGISTRY_AUTHORITIES", none.toString())))
                .isInstanceOf(ConfigException.class).hasMessageContaining("images.registryAuthorities");
        assertThatThrownBy(() -> start(Map.of("KUBEGUARDIAN_IMAGES_POLICIES", keyless,
                "KUBEGUARDIAN_IMAGES_TRUSTED_ROOT", none.toString())))
                .isInstanceOf(ConfigException.class).hasMessageContaining("s( is no regular expression");
        assertThatThrownBy(() -> start(Map.of("KUBEGUARDIAN_IMAGES_POLICIES", keyless.replace("s(", "s"),
                "KUBEGUARDIAN_IMAGES_TRUSTED_ROOT", none.toString())))
                .isInstanceOf(ConfigException.class).hasMessageContaining("is no trusted root of Sigstore");
    }

    private static void start(Map<String, String> environment) {
        ImageProvenance.start(ConfigReader.read(null, environment).images(), new ImageMetrics(new CollectorRegistry()))
                .close();
    }
}
