package io.kubeguardian.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeguardian.config.ConfigException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerCertificateTest {
    private static final ServerCertificate MADE = SelfSigned.make("kubeguardian-part", Instant.now());

    @TempDir
    Path folder;

    @Test
    void whatWasMadeIsReadBackFromPemFiles() throws Exception {
        Path chain = chain(MADE);
        Path key = key(MADE);

        ServerCertificate read = ServerCertificate.read("part", chain, key);

        assertThat(read).isEqualTo(MADE);
        assertThat(read.authorityPem()).startsWith("-----BEGIN CERTIFICATE-----\n").endsWith("-----END CERTIFICATE-----\n");
    }

    @Test
    void theMadeCertificateNamesLoopbackAndTheService() throws Exception {
        assertThat(MADE.chain().getFirst().getSubjectAlternativeNames()).extracting(name -> (Object) name.get(1))
                .contains("localhost", "127.0.0.1", "kubeguardian-part.kubeguardian.svc");
    }

    @Test
    void aKeyOfAnotherCertificateIsRefused() throws Exception {
        Path chain = chain(MADE);
        Path key = key(SelfSigned.make("kubeguardian-part", Instant.now()));

        assertThatThrownBy(() -> ServerCertificate.read("part", chain, key))
                .isInstanceOf(ConfigException.class).hasMessageContaining("is not the key of the first certificate");
    }

    @Test
    void filesThatAreNotPemAreRefusedByName() throws Exception {
        Path text = Files.writeString(folder.resolve("text.pem"), "hello\n");
        Path chain = chain(MADE);

        assertThatThrownBy(() -> ServerCertificate.read("part", text, text)).isInstanceOf(ConfigException.class)
                .hasMessageContaining("part.certificate: " + text);
        assertThatThrownBy(() -> ServerCertificate.read("part", chain, text)).isInstanceOf(ConfigException.class)
                .hasMessageContaining("holds no private key");
        assertThatThrownBy(() -> ServerCertificate.read("part", chain, folder.resolve("none"))).isInstanceOf(ConfigException.class)
                .hasMessageContaining("none: no such file");
    }

    private Path chain(ServerCertificate certificate) throws Exception {
        return Files.writeString(folder.resolve("tls.crt"), TestPem.chain(certificate));
    }

    private Path key(ServerCertificate certificate) throws Exception {
        return Files.writeString(folder.resolve("tls.key"), TestPem.pkcs8(certificate));
    }
}
