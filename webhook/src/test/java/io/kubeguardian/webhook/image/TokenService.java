package io.kubeguardian.webhook.image;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.kubeguardian.http.SelfSigned;
import io.kubeguardian.http.ServerCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;

/** Gives the tokens that a registry of kind {@code auth: token} takes. Distribution, "Token Authentication Specification". */
final class TokenService implements AutoCloseable {
    static final String BASIC = "Basic " + Base64.getEncoder().encodeToString("ci:secret".getBytes(StandardCharsets.UTF_8));

    private final ServerCertificate keys = SelfSigned.make("tokens", Instant.now());
    private final HttpServer server;

    TokenService() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/token", this::answer);
        server.start();
    }

    String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /** The section of the registry's configuration. */
    String section(Path folder) throws IOException {
        Path authority = Files.writeString(folder.resolve("tokens.pem"), keys.authorityPem());
        return """
                auth:
                  token: {realm: "http://%s/token", service: test, issuer: tokens, rootcertbundle: %s}
                """.formatted(host(), authority);
    }

    private void answer(HttpExchange exchange) throws IOException {
        boolean known = BASIC.equals(exchange.getRequestHeaders().getFirst("Authorization"));
        String scope = exchange.getRequestURI().getQuery().replaceFirst(".*scope=repository:([^:&]+):pull.*", "$1");
        byte[] body = known ? TestImages.write(TestImages.JSON.createObjectNode().put("token", token(scope, "pull")))
                : new byte[0];
        exchange.sendResponseHeaders(known ? 200 : 401, known ? body.length : -1);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    /** RFC 7519, with the certificate in its header (RFC 7515, section 4.1.6). */
    String token(String repository, String... actions) {
        try {
            ObjectNode header = TestImages.JSON.createObjectNode().put("typ", "JWT").put("alg", "ES256");
            header.withArray("x5c").add(Base64.getEncoder().encodeToString(keys.chain().getFirst().getEncoded()));
            long now = Instant.now().getEpochSecond();
            ObjectNode claims = TestImages.JSON.createObjectNode().put("iss", "tokens").put("aud", "test").put("sub", "ci")
                    .put("iat", now).put("nbf", now - 60).put("exp", now + 300).put("jti", "1");
            ObjectNode access = claims.withArray("access").addObject().put("type", "repository").put("name", repository);
            for (String action : actions) {
                access.withArray("actions").add(action);
            }
            String signed = base64(TestImages.write(header)) + '.' + base64(TestImages.write(claims));
            Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
            signature.initSign(keys.key());
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + '.' + base64(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
