package io.kubeguardian.webhook.image;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.Locale;

/**
 * The name of an image in full, as container runtimes read it. Grammar: github.com/distribution/reference, "Grammar".
 *
 * @param registry host, with a port where another than 443 is given; {@code docker.io} where the name has none
 * @param repository path in the registry; {@code library/nginx} for {@code nginx}
 * @param tag {@code latest} where the name has neither tag nor digest; empty where it has a digest alone
 * @param digest null where it has none
 */
public record ImageReference(String registry, String repository, String tag, Digest digest) {
    private static final String DOCKER_HUB = "docker.io";
    private static final String HTTPS_PORT = ":443";
    /** Of registry and repository together, and of all that may stand behind them. */
    private static final int LONGEST_NAME = 255;
    private static final int LONGEST = LONGEST_NAME + 1 + 128 + 1 + 135;

    private static final Pattern HOST = Pattern.compile(
            "(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\\[[0-9A-Fa-f:.]+\\])"
                    + "(?::([0-9]{1,5}))?");
    private static final Pattern REPOSITORY = Pattern.compile(
            "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*");
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");

    /** @throws IllegalArgumentException with what is wrong, for a person */
    public static ImageReference parse(String image) {
        if (image.isEmpty() || image.length() > LONGEST) {
            throw new IllegalArgumentException(image.isEmpty() ? "an image needs a name" : "the image's name is too long");
        }
        int at = image.indexOf('@');
        Digest digest = at < 0 ? null : Digest.parse(image.substring(at + 1));
        String named = at < 0 ? image : image.substring(0, at);
        int colon = named.lastIndexOf(':');
        boolean tagged = colon > named.lastIndexOf('/');
        String tag = tagged ? named.substring(colon + 1) : digest == null ? "latest" : "";
        if ((tagged || digest == null) && !TAG.matches(tag)) {
            throw new IllegalArgumentException("the image's tag is none");
        }
        String name = tagged ? named.substring(0, colon) : named;
        int slash = name.indexOf('/');
        String first = slash < 0 ? "" : name.substring(0, slash);
        boolean hosted = first.contains(".") || first.contains(":") || first.equals("localhost")
                || !first.equals(first.toLowerCase(Locale.ROOT));
        String registry = hosted ? first.toLowerCase(Locale.ROOT) : DOCKER_HUB;
        String repository = hosted ? name.substring(slash + 1) : name;
        if (registry.endsWith(HTTPS_PORT)) { // the same registry: patterns must not be got round by saying it
            registry = registry.substring(0, registry.length() - HTTPS_PORT.length());
        }
        if (registry.equals("index.docker.io")) {
            registry = DOCKER_HUB;
        }
        if (registry.equals(DOCKER_HUB) && repository.indexOf('/') < 0) {
            repository = "library/" + repository;
        }
        requireHost(registry);
        if (!REPOSITORY.matches(repository) || registry.length() + 1 + repository.length() > LONGEST_NAME) {
            throw new IllegalArgumentException("the image's name is none");
        }
        return new ImageReference(registry, repository, tag, digest);
    }

    private static void requireHost(String registry) {
        Matcher host = HOST.matcher(registry);
        if (!host.matches()) {
            throw new IllegalArgumentException("the image's registry is no host");
        }
        String port = host.group(1);
        // Nor one with a zero before it, which would be the same port by another name.
        if (port != null && (port.startsWith("0") || Integer.parseInt(port) > 65_535)) {
            throw new IllegalArgumentException("the image's registry has no such port");
        }
    }

    /** {@code registry/repository}, which policies' patterns are about. */
    public String name() {
        return registry + '/' + repository;
    }

    /** The same image by its content. */
    public ImageReference at(Digest known) {
        return new ImageReference(registry, repository, tag, known);
    }

    @Override
    public String toString() {
        return name() + (tag.isEmpty() ? "" : ":" + tag) + (digest == null ? "" : "@" + digest);
    }
}
