package io.kubeguardian.webhook;

import io.kubeguardian.policy.PodSpec;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.webhook.image.ImageReference;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Where workloads write, from {@code kubeguardian.profiles}. Read by many threads, written by one. Bounded: beyond the
 * limit no further workload is taken in, which is counted; its containers are left as they are.
 */
final class LearnedView {
    private final Map<String, Map<String, LearnedWrites>> workloads = new ConcurrentHashMap<>();
    private final int limit;
    private final WebhookMetrics metrics;

    /** @param limit most workloads */
    LearnedView(int limit, WebhookMetrics metrics) {
        this.limit = limit;
        this.metrics = metrics;
    }

    /**
     * @param key {@code workload@image}
     * @param profile null: it is forgotten
     */
    void put(String key, Profile profile) {
        int at = key.indexOf('@'); // no name in Kubernetes has one
        String workload = at < 0 ? key : key.substring(0, at);
        if (profile == null) {
            workloads.computeIfPresent(workload, (name, images) -> {
                images.remove(key);
                return images.isEmpty() ? null : images;
            });
        } else if (workloads.size() < limit || workloads.containsKey(workload)) {
            workloads.computeIfAbsent(workload, name -> new ConcurrentHashMap<>()).put(key, LearnedWrites.of(profile));
        } else {
            metrics.learnedDropped.inc();
        }
    }

    /**
     * Whether it is known that a container writes nowhere but to its volumes. Goes by the image's digest, and for one that
     * has none, or an unknown one, by its name and tag.
     */
    boolean staysInVolumes(String workload, PodSpec.Container container) {
        ImageReference image;
        try {
            image = ImageReference.parse(container.node().get("image").text());
        } catch (IllegalArgumentException e) {
            return false;
        }
        Map<String, LearnedWrites> images = workloads.getOrDefault(workload, Map.of());
        List<LearnedWrites> about = about(images, each -> each.isOf(image));
        about = about.isEmpty() ? about(images, each -> each.isNamed(image)) : about;
        return !about.isEmpty() && about.stream().allMatch(each -> each.stayInVolumesOf(container));
    }

    private static List<LearnedWrites> about(Map<String, LearnedWrites> images, Predicate<LearnedWrites> wanted) {
        return images.values().stream().filter(wanted).toList();
    }
}
