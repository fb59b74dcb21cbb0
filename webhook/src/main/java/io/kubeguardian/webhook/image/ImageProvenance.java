package io.kubeguardian.webhook.image;

import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.ImagePolicySettings;
import io.kubeguardian.config.ImageSettings;
import io.kubeguardian.policy.Fix;
import io.kubeguardian.policy.Node;
import io.kubeguardian.policy.PodSpec;
import io.kubeguardian.webhook.Text;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Whether a pod's images come from where policies say: signed and attested. Waits for registries as long as the budget
 * says, no more; what goes on is known to a later request.
 */
public final class ImageProvenance implements AutoCloseable {
    private static final int LONGEST_IMAGE = 300;
    private static final int LONGEST_REASON = 700;

    private final ImageSettings settings;
    private final ImageVerifier verifier;
    private final LookupCache<Verdict> cache;
    private final RegistryHttp http;
    private final ImageMetrics metrics;

    /**
     * What follows for a pod.
     *
     * @param reasons to deny it, for a person
     * @param warnings for a person
     * @param fixes from the object's root: each replaces an image's tag by the digest that was verified
     */
    public record Outcome(List<String> reasons, List<String> warnings, List<Fix> fixes) {
        public static final Outcome NOTHING = new Outcome(List.of(), List.of(), List.of());
    }

    private ImageProvenance(ImageSettings settings, ImageMetrics metrics) {
        this.settings = settings;
        this.metrics = metrics;
        List<ImagePolicy> policies = settings.policies().stream().map(ImagePolicy::of).toList();
        this.http = RegistryHttp.of(settings);
        this.verifier = new ImageVerifier((image, deadline) -> new Repository(http.session(image, deadline)), policies,
                keyless(settings));
        this.cache = new LookupCache<>(verifier::verify, Verdict::unavailable, Duration.ofSeconds(settings.cacheSeconds()),
                Duration.ofSeconds(settings.negativeCacheSeconds()), settings.cacheLimit(), System::nanoTime, metrics);
    }

    /** @throws ConfigException when keys, conditions, the trusted root or the authorities cannot be used */
    public static ImageProvenance start(ImageSettings settings, ImageMetrics metrics) {
        return new ImageProvenance(settings, metrics);
    }

    private static Keyless keyless(ImageSettings settings) {
        List<ImagePolicySettings.Identity> identities =
                settings.policies().stream().flatMap(policy -> policy.identities().stream()).toList();
        if (identities.isEmpty()) {
            return Keyless.NONE;
        }
        identities.forEach(SigstoreKeyless::check);
        return new SigstoreKeyless(Path.of(settings.trustedRoot()));
    }

    /** @param pod whose images are judged; one that was judged before, by its name and digest, costs no time */
    public Outcome check(PodSpec pod) {
        List<Asked> asked = new ArrayList<>();
        Collected collected = new Collected();
        Map<ImageReference, LookupCache.Lookup<Verdict>> lookups = new HashMap<>();
        for (Used used : used(pod)) {
            try {
                ImageReference reference = ImageReference.parse(used.image());
                if (verifier.isWanted(reference)) {
                    lookups.computeIfAbsent(reference, cache::get);
                    asked.add(new Asked(used, reference));
                }
            } catch (IllegalArgumentException e) {
                if (mayBeWanted(used.image())) {
                    metrics.images.labels("invalid").inc();
                    collected.deny(used, "cannot be judged: " + e.getMessage());
                }
            }
        }
        Duration budget = Duration.ofMillis(settings.budgetMillis());
        Deadline deadline = Deadline.in(budget);
        for (Asked one : asked) {
            judge(one, lookups.get(one.reference()).await(deadline, budget, System.nanoTime()), collected);
        }
        return new Outcome(List.copyOf(collected.reasons), List.copyOf(collected.warnings),
                List.copyOf(collected.fixes));
    }

    /** Of containers, and of volumes that are images. */
    private static List<Used> used(PodSpec pod) {
        List<Used> all = new ArrayList<>();
        for (PodSpec.Container container : pod.containers()) {
            all.add(new Used(container.label(), container.node().get("image").text(),
                    value -> container.fix(value, "image")));
        }
        Node volumes = pod.spec().get("volumes");
        for (int i = 0; volumes.isArray() && i < volumes.size(); i++) {
            int place = i;
            Node volume = volumes.at(i);
            all.add(new Used("volume " + volume.get("name").text(), volume.get("image").get("reference").text(),
                    value -> pod.fix(value, "volumes", place, "image", "reference")));
        }
        all.removeIf(used -> used.image().isEmpty()); // the API server's business
        return all;
    }

    /** An image with an unknown kind of digest still has a name; one without, a runtime might read as any image. */
    private boolean mayBeWanted(String image) {
        try {
            return verifier.isWanted(ImageReference.parse(image.replaceFirst("@.*", "")));
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    /**
     * Where a pod names an image.
     *
     * @param by the container or volume, for a person
     * @param pin what puts another name there
     */
    private record Used(String by, String image, Function<Node, Fix> pin) {}

    private record Asked(Used used, ImageReference reference) {}

    private static final class Collected {
        private final Set<String> reasons = new LinkedHashSet<>();
        private final Set<String> warnings = new LinkedHashSet<>();
        private final List<Fix> fixes = new ArrayList<>();

        void deny(Used used, String problem) {
            reasons.add(sentence(used, problem));
        }

        void warn(Used used, String problem) {
            warnings.add(sentence(used, problem));
        }

        private static String sentence(Used used, String problem) {
            return Text.oneLine("image " + Text.oneLine(used.image(), LONGEST_IMAGE) + " of " + used.by() + ' ' + problem,
                    LONGEST_REASON);
        }
    }

    private void judge(Asked asked, Verdict verdict, Collected collected) {
        if (verdict == null || verdict.isUnavailable()) {
            metrics.images.labels(verdict == null ? "late" : "unavailable").inc();
            String problem = "is not verified: " + (verdict == null
                    ? "its registry has not told enough yet; it is being asked, try again" : verdict.unavailable());
            switch (settings.onUnavailable()) {
                case DENY -> collected.deny(asked.used(), problem);
                case WARN -> collected.warn(asked.used(), problem);
                default -> { }
            }
            return;
        }
        metrics.images.labels(verdict.isVerified() ? "verified" : "rejected").inc();
        verdict.denials().forEach(problem -> collected.deny(asked.used(), problem));
        verdict.warnings().forEach(problem -> collected.warn(asked.used(), problem));
        if (settings.pin() && verdict.isVerified() && asked.reference().digest() == null) {
            collected.fixes.add(asked.used().pin().apply(Node.string(asked.used().image() + '@' + verdict.digest())));
        }
    }

    @Override
    public void close() {
        cache.close();
        http.close();
    }
}
