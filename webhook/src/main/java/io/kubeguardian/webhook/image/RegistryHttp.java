package io.kubeguardian.webhook.image;

import com.fasterxml.jackson.databind.JsonNode;
import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.ImageSettings;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

/**
 * HTTP as registries speak it: TLS except for the registries that are listed as insecure, Basic and Bearer challenges,
 * redirects to where blobs are kept, bounded bodies, and one deadline for all.
 */
final class RegistryHttp implements AutoCloseable {
    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(5);
    private static final int MOST_REDIRECTS = 3;
    private static final int MOST_TOKEN_BYTES = 64 << 10;

    private final HttpClient client;
    private final RegistryCredentials credentials;
    private final Set<String> insecure;

    /** An answer: 200 or 404. */
    record Answer(int status, HttpHeaders headers, byte[] body) {}

    /** @param insecure registries that are asked over plain HTTP */
    RegistryHttp(SSLContext tls, RegistryCredentials credentials, Set<String> insecure) {
        this.client = HttpClient.newBuilder().sslContext(tls).connectTimeout(LONGEST_CONNECT)
                .version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NEVER).build();
        this.credentials = credentials;
        this.insecure = Set.copyOf(insecure);
    }

    /** @throws ConfigException when the authorities or the credentials cannot be used */
    static RegistryHttp of(ImageSettings settings) {
        Path credentials = settings.registryCredentials().isEmpty() ? null : Path.of(settings.registryCredentials());
        return new RegistryHttp(RegistryTls.trusting(settings.registryAuthorities()),
                new RegistryCredentials(credentials), Set.copyOf(settings.insecureRegistries()));
    }

    /** For one lookup in one repository: it keeps what the registry let in with. Not thread safe. */
    final class Session {
        private final ImageReference image;
        private final Deadline deadline;
        private String authorization;

        private Session(ImageReference image, Deadline deadline) {
            this.image = image;
            this.deadline = deadline;
        }

        ImageReference image() {
            return image;
        }

        /**
         * Asks the registry.
         *
         * @param method GET or HEAD
         * @param path below {@code /v2/REPOSITORY/}
         * @throws RegistryException when it gives neither what is asked nor that it has it not
         * @throws UntrustedException when it gives more than {@code mostBytes}
         */
        Answer ask(String method, String path, String accept, int mostBytes)
                throws RegistryException, UntrustedException {
            URI uri = URI.create(base() + "/v2/" + image.repository() + '/' + path);
            HttpResponse<byte[]> response = send(method, uri, accept, authorization, mostBytes, deadline);
            if (response.statusCode() == 401 && authorization == null) {
                authorization = authorize(response);
                response = send(method, uri, accept, authorization, mostBytes, deadline);
            }
            for (int i = 0; i < MOST_REDIRECTS && isRedirect(response); i++) {
                URI next = redirect(response.uri(), response);
                // What the registry let in with is for the registry alone.
                boolean home = uri.getAuthority().equals(next.getAuthority()) && uri.getScheme().equals(next.getScheme());
                response = send(method, next, accept, home ? authorization : null, mostBytes, deadline);
            }
            return switch (response.statusCode()) {
                case 200, 404 -> new Answer(response.statusCode(), response.headers(), response.body());
                case 401, 403 -> throw new RegistryException("registry " + image.registry() + " refuses access ("
                        + response.statusCode() + ')');
                default -> throw new RegistryException("registry " + image.registry() + " answered "
                        + response.statusCode());
            };
        }

        private String base() {
            String registry = image.registry();
            return insecure.contains(registry) ? "http://" + registry
                    : "https://" + (registry.equals("docker.io") ? "registry-1.docker.io" : registry);
        }

        private String authorize(HttpResponse<byte[]> response) throws RegistryException, UntrustedException {
            String basic;
            try {
                basic = credentials.basic(image.registry());
            } catch (IOException e) {
                throw new RegistryException("images.registryCredentials: " + e.getMessage(), e);
            }
            Challenge challenge = response.headers().allValues("WWW-Authenticate").stream().map(Challenge::parse)
                    .filter(Objects::nonNull).findFirst().orElse(null);
            if (challenge == null || challenge.scheme().equals("basic")) {
                if (basic == null) {
                    throw new RegistryException("registry " + image.registry() + " wants a user and password;"
                            + " images.registryCredentials has none for it");
                }
                return basic;
            }
            return "Bearer " + token(challenge, basic);
        }

        private String token(Challenge challenge, String basic) throws RegistryException, UntrustedException {
            URI realm;
            try {
                realm = URI.create(challenge.parameters().getOrDefault("realm", ""));
            } catch (IllegalArgumentException e) {
                throw new RegistryException("registry " + image.registry() + " names no usable place for tokens", e);
            }
            requireUsable(realm);
            String query = "scope=" + encoded("repository:" + image.repository() + ":pull")
                    + (challenge.parameters().containsKey("service")
                            ? "&service=" + encoded(challenge.parameters().get("service")) : "");
            URI uri = URI.create(realm + (realm.getRawQuery() == null ? "?" : "&") + query);
            HttpResponse<byte[]> response = send("GET", uri, "application/json", basic, MOST_TOKEN_BYTES, deadline);
            try {
                JsonNode answer = response.statusCode() == 200 ? Json.object(response.body()) : null;
                String token = answer == null ? ""
                        : answer.path("token").asText(answer.path("access_token").asText());
                if (token.matches("[\\x21-\\x7e]+")) {
                    return token;
                }
            } catch (IOException e) {
                throw new RegistryException("the token service of registry " + image.registry() + " answers no JSON", e);
            }
            throw new RegistryException("the token service of registry " + image.registry() + " gives no token ("
                    + response.statusCode() + ')');
        }

        private boolean isRedirect(HttpResponse<byte[]> response) {
            return switch (response.statusCode()) {
                case 301, 302, 303, 307, 308 -> true;
                default -> false;
            };
        }

        private URI redirect(URI from, HttpResponse<byte[]> response) throws RegistryException {
            try {
                URI to = from.resolve(response.headers().firstValue("Location").orElse(""));
                requireUsable(to);
                return to;
            } catch (IllegalArgumentException e) {
                throw new RegistryException("registry " + image.registry() + " redirects to no URL", e);
            }
        }

        /** Another place may be asked in plain text only where the registry itself is, and that place is listed, too. */
        private void requireUsable(URI uri) throws RegistryException {
            String authority = uri.getAuthority() == null ? "" : uri.getAuthority().toLowerCase(Locale.ROOT);
            boolean plain = "http".equals(uri.getScheme()) && insecure.contains(image.registry())
                    && insecure.contains(authority);
            if (uri.getHost() == null || uri.getUserInfo() != null || !"https".equals(uri.getScheme()) && !plain) {
                throw new RegistryException("registry " + image.registry() + " sends to a place that is not https");
            }
        }
    }

    Session session(ImageReference image, Deadline deadline) {
        return new Session(image, deadline);
    }

    private HttpResponse<byte[]> send(
            String method, URI uri, String accept, String authorization, int mostBytes, Deadline deadline)
            throws RegistryException, UntrustedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody())
                .header("Accept", accept).header("User-Agent", "kubeguardian");
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        // Not the request's own timeout: it ends with the headers, and a body may trickle.
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(request.build(),
                HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), mostBytes));
        try {
            return answer.get(deadline.nanosLeft(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new RegistryException(uri.getAuthority() + " is too slow", e);
        } catch (ExecutionException e) {
            if (String.valueOf(e.getCause().getMessage()).contains("body exceeds capacity")) {
                throw new UntrustedException("an answer of " + uri.getAuthority() + " is larger than " + mostBytes
                        + " bytes", e);
            }
            throw new RegistryException(uri.getAuthority() + " cannot be asked: " + cause(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RegistryException("interrupted", e);
        } finally {
            answer.cancel(true);
        }
    }

    private static String cause(ExecutionException e) {
        Throwable cause = e.getCause();
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
