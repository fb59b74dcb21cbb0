package io.kubeguardian.cli.scan;

import io.kubeguardian.policy.BuiltInChecks;
import io.kubeguardian.policy.Catalog;
import io.kubeguardian.policy.Check;
import io.kubeguardian.policy.Engine;
import io.kubeguardian.policy.Framework;
import io.kubeguardian.policy.PodSecurity;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What manifests are held against: a framework, in a version where it has versions, or every built-in check.
 *
 * @param framework null for every check
 * @param minor version 1.{@code minor} of Kubernetes, for frameworks that have versions
 * @param network whether it asks for network policies, which only all manifests together show
 */
record Profile(Framework framework, int minor, Engine engine, boolean network) {
    /** A framework as it stands on the command line. */
    record Choice(Framework framework, int minor) {
        private static final int LATEST = Integer.MAX_VALUE;

        /** What whoever chose this should know; empty: nothing. */
        Optional<String> note() {
            return minor <= PodSecurity.LATEST || minor == LATEST ? Optional.empty()
                    : Optional.of(label() + ": no rules of that version are known here; it was judged by those of v1."
                            + PodSecurity.LATEST);
        }

        /** {@code pss-restricted:v1.29}. */
        String label() {
            return framework.id() + (framework.isVersioned() && minor < LATEST ? ":v1." + minor : "");
        }
    }

    static Profile all(Set<String> registries) {
        return new Profile(null, PodSecurity.LATEST, new Engine(BuiltInChecks.all(registries)), true);
    }

    /** Policies of the user's own, beside whatever else is judged. */
    static Profile of(List<Check> policies) {
        return new Profile(null, PodSecurity.LATEST, new Engine(policies), false);
    }

    static Profile of(Choice choice, Set<String> registries) {
        if (choice.framework.isVersioned()) {
            return new Profile(choice.framework, choice.minor,
                    new Engine(PodSecurity.checks(choice.framework, choice.minor)), false);
        }
        List<Check> checks = BuiltInChecks.all(registries).stream()
                .filter(check -> check.info().controls().stream().anyMatch(c -> c.framework() == choice.framework))
                .toList();
        boolean network = NetworkCoverage.CHECKS.stream().flatMap(id -> Catalog.check(id).controls().stream())
                .anyMatch(control -> control.framework() == choice.framework);
        return new Profile(choice.framework, choice.minor, new Engine(checks), network);
    }

    /** {@code pss-restricted:v1.29}. */
    String label() {
        return new Choice(framework, minor).label();
    }

    /** Reads {@code ID} and {@code ID:VERSION}. */
    static final class Converter implements ITypeConverter<Choice> {
        @Override
        public Choice convert(String text) {
            int colon = text.indexOf(':');
            String id = colon < 0 ? text : text.substring(0, colon);
            Framework framework = Framework.byId(id).orElseThrow(() -> new TypeConversionException("no framework '" + id
                    + "'; there are " + String.join(", ", List.of(Framework.values()).stream().map(Framework::id).toList())));
            if (colon < 0 || text.substring(colon + 1).equals("latest")) {
                return new Choice(framework, Choice.LATEST);
            }
            if (!framework.isVersioned()) {
                throw new TypeConversionException("framework " + id + " has no versions here; write " + id);
            }
            return new Choice(framework, minor(text.substring(colon + 1)));
        }

        private static int minor(String version) {
            String bare = version.startsWith("v") ? version.substring(1) : version;
            if (bare.startsWith("1.") && bare.length() > 2 && bare.length() < 6
                    && bare.substring(2).chars().allMatch(c -> c >= '0' && c <= '9')) {
                return Integer.parseInt(bare.substring(2));
            }
            throw new TypeConversionException("no version of Kubernetes '" + version + "'; write v1.29, or latest");
        }
    }
}
