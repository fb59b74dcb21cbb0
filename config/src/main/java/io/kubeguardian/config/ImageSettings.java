package io.kubeguardian.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Where images must come from, which the admission webhook asks their registries about.
 *
 * @param policies which images need which signatures and attestations; empty: no registry is asked about them
 * @param users images whose registries are asked whom they run as, for {@link HardeningPart#NON_ROOT}: patterns as in a policy
 * @param pin replace the tag of an image that was verified, or whose user was read, by the digest that was
 * @param budgetMillis most that one request waits for registries, milliseconds; what goes on is there for the next one
 * @param onUnavailable what becomes of an image that its registry did not tell enough about in time
 * @param cacheSeconds how long an image that was verified stays so, seconds
 * @param negativeCacheSeconds how long one that was not, and one whose registry failed, is not asked about again, seconds
 * @param cacheLimit most images remembered
 * @param trustedRoot file with a Sigstore trusted root (JSON), for keyless signatures
 * @param registryCredentials file in the format of {@code kubernetes.io/dockerconfigjson}; empty: none
 * @param registryAuthorities PEM file with authorities of registries' certificates, besides those that Java trusts
 * @param insecureRegistries registries (host, or host:port) that are asked over plain HTTP
 */
public record ImageSettings(
        @JsonProperty(defaultValue = "[]") List<ImagePolicySettings> policies,
        @JsonProperty(defaultValue = "[]") List<String> users,
        @JsonProperty(defaultValue = "true") boolean pin,
        @JsonProperty(defaultValue = "40") int budgetMillis,
        @JsonProperty(defaultValue = "deny") WhenUnavailable onUnavailable,
        @JsonProperty(defaultValue = "300") int cacheSeconds,
        @JsonProperty(defaultValue = "15") int negativeCacheSeconds,
        @JsonProperty(defaultValue = "4096") int cacheLimit,
        @JsonProperty(defaultValue = "") String trustedRoot,
        @JsonProperty(defaultValue = "") String registryCredentials,
        @JsonProperty(defaultValue = "") String registryAuthorities,
        @JsonProperty(defaultValue = "[]") List<String> insecureRegistries) {
    private static final int MOST_POLICIES = 256;

    /** What becomes of an image whose registry is slow or away. */
    public enum WhenUnavailable {
        @JsonProperty("allow") ALLOW,
        @JsonProperty("warn") WARN,
        @JsonProperty("deny") DENY
    }

    public ImageSettings {
        policies = List.copyOf(policies);
        users = List.copyOf(users);
        insecureRegistries = List.copyOf(insecureRegistries);
        Check.between("images.policies (their number)", policies.size(), 0, MOST_POLICIES);
        Check.between("images.users (their number)", users.size(), 0, MOST_POLICIES);
        Check.between("images.budgetMillis", budgetMillis, 1, 10_000);
        Check.between("images.cacheSeconds", cacheSeconds, 1, 604_800);
        Check.between("images.negativeCacheSeconds", negativeCacheSeconds, 1, 86_400);
        Check.between("images.cacheLimit", cacheLimit, 1, 1_000_000);
        Set<String> names = new HashSet<>();
        for (ImagePolicySettings policy : policies) {
            if (!names.add(policy.name())) {
                throw new ConfigException("images.policies: two policies are called " + policy.name());
            }
            if (!policy.identities().isEmpty() && trustedRoot.isEmpty()) {
                throw new ConfigException("images.policies." + policy.name()
                        + ".identities need images.trustedRoot: the authorities and logs that vouch for them");
            }
        }
    }
}
