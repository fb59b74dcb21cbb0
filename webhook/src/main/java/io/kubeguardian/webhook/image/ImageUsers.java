package io.kubeguardian.webhook.image;

import com.fasterxml.jackson.databind.JsonNode;
import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.ImageSettings;
import io.kubeguardian.policy.Fix;
import io.kubeguardian.policy.Node;
import io.kubeguardian.policy.PodSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the kubelet promise that a container is not root where its image's configuration names a user that is not. What
 * was read holds for a digest alone: a node may have another image under the same tag, whose user the kubelet would
 * refuse. So a tag is replaced by the digest that was read, or the container is left as it is.
 */
public final class ImageUsers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ImageUsers.class);
    /** Most time of one lookup, which goes on beside the request. */
    private static final Duration LONGEST = Duration.ofSeconds(20);
    /** Configurations list each command that made the image: some ten kilobytes. */
    private static final int MOST_CONFIG_BYTES = 1 << 20;
    /** Of one index; those that are for platforms are at most some ten. */
    private static final int MOST_PLATFORMS = 16;

    private final ImageSettings settings;
    private final List<ImagePattern> patterns;
    private final RegistryHttp http;
    private final LookupCache<ImageUser> cache;
    private final ImageMetrics metrics;

    private ImageUsers(ImageSettings settings, ImageMetrics metrics) {
        this.settings = settings;
        this.metrics = metrics;
        this.patterns = settings.users().stream().map(ImagePattern::new).toList();
        this.http = RegistryHttp.of(settings);
        this.cache = new LookupCache<>(this::read, ImageUser::unavailable, Duration.ofSeconds(settings.cacheSeconds()),
                Duration.ofSeconds(settings.negativeCacheSeconds()), settings.cacheLimit(), System::nanoTime, metrics);
    }

    /** @throws ConfigException when the authorities or the credentials cannot be used */
    public static ImageUsers start(ImageSettings settings, ImageMetrics metrics) {
        return new ImageUsers(settings, metrics);
    }

    private record Asked(
            PodSpec.Container container, String image, ImageReference reference, LookupCache.Lookup<ImageUser> lookup) {}

    /**
     * What makes containers whose images run as another user than root say so. Waits for registries as long as the
     * budget says, for all of them together; what is not known by then is left as it is, and known to a later request.
     *
     * @param containers that say nothing of their user
     * @param waited for images already, which counts
     */
    public List<Fix> fixes(List<PodSpec.Container> containers, Duration waited) {
        List<Asked> asked = new ArrayList<>();
        for (PodSpec.Container container : containers) {
            String image = container.node().get("image").text();
            try {
                ImageReference reference = ImageReference.parse(image);
                if (patterns.stream().anyMatch(pattern -> pattern.matches(reference))) {
                    asked.add(new Asked(container, image, reference, cache.get(reference)));
                }
            } catch (IllegalArgumentException e) {
                metrics.users.labels("invalid").inc();
            }
        }
        Duration budget = Duration.ofMillis(settings.budgetMillis());
        Deadline deadline = Deadline.in(budget.minus(waited));
        List<Fix> fixes = new ArrayList<>();
        for (Asked one : asked) {
            ImageUser user = one.lookup().await(deadline, budget, System.nanoTime());
            boolean pinned = one.reference().digest() != null;
            String result = user == null ? "late" : !user.isGood() ? "unavailable" : !user.isAnother() ? "unknown"
                    : !pinned && !settings.pin() ? "unpinned" : "another";
            metrics.users.labels(result).inc();
            if (result.equals("another")) {
                if (!pinned) {
                    fixes.add(one.container().fix(Node.string(one.image() + '@' + user.digest()), "image"));
                }
                fixes.add(one.container().fix(Node.flag(true), "securityContext", "runAsNonRoot"));
            }
        }
        return fixes;
    }

    private ImageUser read(ImageReference image) {
        Repository repository = new Repository(http.session(image, Deadline.in(LONGEST)));
        try {
            Optional<Digest> digest = image.digest() == null ? repository.resolve(image.tag())
                    : Optional.of(image.digest());
            return digest.isEmpty() ? ImageUser.unavailable("it is not in its registry")
                    : new ImageUser(digest.get(), isAnother(repository, digest.get()), "");
        } catch (RegistryException | UntrustedException e) {
            LOG.debug("user of image not read image={} cause=\"{}\"", image, e.getMessage());
            return ImageUser.unavailable(e.getMessage());
        }
    }

    /** Of all platforms: which one a pod's node is of, nobody knows yet. */
    private static boolean isAnother(Repository repository, Digest digest) throws RegistryException, UntrustedException {
        JsonNode image = repository.image(digest);
        if (!image.path("manifests").isArray()) {
            return isAnother(repository, image);
        }
        int platforms = 0;
        for (JsonNode manifest : image.path("manifests")) {
            if (manifest.path("platform").path("os").asText().equals("unknown")) {
                continue; // what the build says of the image, which runs nowhere
            }
            if (++platforms > MOST_PLATFORMS
                    || !isAnother(repository, repository.image(Descriptor.of(manifest).digest()))) {
                return false;
            }
        }
        return platforms > 0;
    }

    private static boolean isAnother(Repository repository, JsonNode manifest) throws RegistryException, UntrustedException {
        if (!manifest.path("config").isObject()) {
            return false;
        }
        byte[] config = repository.blob(Descriptor.of(manifest.path("config")), MOST_CONFIG_BYTES);
        try {
            return ImageUser.isAnotherNumber(Json.object(config).path("config").path("User").asText());
        } catch (IOException e) {
            throw new UntrustedException("a configuration is no JSON", e);
        }
    }

    @Override
    public void close() {
        cache.close();
        http.close();
    }
}
