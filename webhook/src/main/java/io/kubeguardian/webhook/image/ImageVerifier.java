package io.kubeguardian.webhook.image;

import io.kubeguardian.config.ImagePolicySettings.Action;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks an image up in its registry and judges it by every policy about it. Waits for the network: never on a request's way. */
final class ImageVerifier {
    private static final Logger LOG = LoggerFactory.getLogger(ImageVerifier.class);

    /** Most time of one lookup: the registry is slow, but not to be asked again and again by others that wait. */
    private static final Duration LONGEST = Duration.ofSeconds(20);

    private final BiFunction<ImageReference, Deadline, Repository> repositories;
    private final List<ImagePolicy> policies;
    private final Keyless keyless;

    ImageVerifier(
            BiFunction<ImageReference, Deadline, Repository> repositories, List<ImagePolicy> policies, Keyless keyless) {
        this.repositories = repositories;
        this.policies = policies;
        this.keyless = keyless;
    }

    boolean isWanted(ImageReference image) {
        return policies.stream().anyMatch(policy -> policy.matches(image));
    }

    Verdict verify(ImageReference image) {
        Repository repository = repositories.apply(image, Deadline.in(LONGEST));
        try {
            Digest digest = image.digest();
            if (digest == null) {
                Optional<Digest> resolved = repository.resolve(image.tag());
                if (resolved.isEmpty()) {
                    return judged(image, null, policy -> Optional.of("is not in its registry"));
                }
                digest = resolved.get();
            }
            Digest known = digest;
            Evidence evidence = EvidenceReader.read(repository, known);
            return judged(image, known, policy -> PolicyVerifier.problem(policy, keyless, known, evidence));
        } catch (RegistryException e) {
            return Verdict.unavailable(e.getMessage());
        } catch (UntrustedException e) {
            return judged(image, null, policy -> Optional.of("could not be resolved: " + e.getMessage()));
        } catch (RuntimeException | StackOverflowError e) {
            // A fault of ours, which somebody may have caused on purpose: it must not look like a registry that is away.
            LOG.error("image lookup failed image={}", image, e);
            return judged(image, null, policy -> Optional.of("could not be verified: " + e.getClass().getSimpleName()));
        }
    }

    private Verdict judged(
            ImageReference image, Digest digest, Function<ImagePolicy, Optional<String>> problem) {
        List<String> denials = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        for (ImagePolicy policy : policies) {
            if (policy.matches(image)) {
                problem.apply(policy).ifPresent(message ->
                        (policy.action() == Action.DENY ? denials : warnings).add(message + " (image policy "
                                + policy.name() + ')'));
            }
        }
        return new Verdict(digest, List.copyOf(denials), List.copyOf(warnings), "");
    }
}
