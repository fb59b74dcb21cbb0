package io.kubeguardian.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeguardian.config.ConfigException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
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
                .hasMessageContaining("holds no PKCS#8 key");
        assertThatThrownBy(() -> ServerCertificate.read("part", chain, folder.resolve("none"))).isInstanceOf(ConfigException.class)
                .hasMessageContaining("none: no such file");
    }

    private Path chain(ServerCertificate certificate) throws Exception {
        StringBuilder pem = new StringBuilder();
        for (X509Certificate each : certificate.chain()) {
            pem.append(pem("CERTIFICATE", each.getEncoded()));
        }
        return Files.writeString(folder.resolve("tls.crt"), pem);
    }

    private Path key(ServerCertificate certificate) throws Exception {
        Key key = certificate.key();
        return Files.writeString(folder.resolve("tls.key"), pem("PRIVATE KEY", key.getEncoded()));
    }

    private static String pem(String type, byte[] content) {
        return "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
                + "\n-----END " + type + "-----\n";
    }
}
