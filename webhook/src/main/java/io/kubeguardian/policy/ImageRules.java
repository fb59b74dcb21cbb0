package io.kubeguardian.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Where images come from, and whether their content is known. */
final class ImageRules {
    private ImageRules() {}

    static List<Check> checks(Set<String> registries) {
        List<Check> checks = new ArrayList<>(List.of(
                Rule.containers("image-tag", ImageRules::tag),
                Rule.containers("image-digest", ImageRules::digest)));
        if (!registries.isEmpty()) {
            checks.add(Rule.containers("image-registry", (container, findings) -> registry(container, registries, findings)));
        }
        return checks;
    }

    private static void tag(PodSpec.Container container, Findings findings) {
        String image = container.node().get("image").text();
        if (image.isEmpty() || image.contains("@")) {
            return;
        }
        String tag = tagOf(image);
        if (tag.isEmpty() || tag.equals("latest")) {
            findings.add(container.path("image"), container.near("image"),
                    "image " + image + " of " + container.label() + (tag.isEmpty() ? " has no tag" : " has tag latest"));
        }
    }

    private static void digest(PodSpec.Container container, Findings findings) {
        String image = container.node().get("image").text();
        if (!image.isEmpty() && !image.contains("@sha256:") && !image.contains("@sha512:")) {
            findings.add(container.path("image"), container.near("image"),
                    "image " + image + " of " + container.label() + " has no digest");
        }
    }

    private static void registry(PodSpec.Container container, Set<String> registries, Findings findings) {
        String image = container.node().get("image").text();
        if (!image.isEmpty() && !isFrom(fullName(image), registries)) {
            findings.add(container.path("image"), container.near("image"),
                    "image " + image + " of " + container.label() + " comes from " + registryOf(image));
        }
    }

    private static boolean isFrom(String name, Set<String> registries) {
        for (String allowed : registries) {
            String prefix = allowed.endsWith("/") ? allowed : allowed + '/';
            if (name.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    /** The tag; empty when there is none. A colon before a slash belongs to the registry's port. */
    static String tagOf(String image) {
        int colon = image.lastIndexOf(':');
        return colon > image.lastIndexOf('/') ? image.substring(colon + 1) : "";
    }

    /** As the OCI distribution's reference grammar has it: no dot, colon or localhost before the first slash, no registry. */
    static String registryOf(String image) {
        int slash = image.indexOf('/');
        String first = slash < 0 ? "" : image.substring(0, slash);
        return first.contains(".") || first.contains(":") || first.equals("localhost") ? first : "docker.io";
    }

    private static String fullName(String image) {
        String registry = registryOf(image);
        if (image.startsWith(registry + '/')) {
            return image;
        }
        return registry + (image.contains("/") ? "/" : "/library/") + image;
    }
}
