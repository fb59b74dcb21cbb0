package io.kubeguardian.cli.profile.export;

import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.ProfileCall;
import io.kubeguardian.schema.ProfileItem;
import io.kubeguardian.schema.WorkloadRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What one or more profiles of a workload know, put together for an export.
 *
 * @param items by kind, each with what is known of it, in order
 * @param syscalls names, in order
 * @param digests of the profiles
 */
public record Behaviour(
        WorkloadRef workload, List<String> images, List<String> digests, Map<String, Map<String, ProfileItem>> items,
        Set<String> syscalls) {
    public static Behaviour of(List<Profile> profiles) {
        Map<String, Map<String, ProfileItem>> items = new TreeMap<>();
        Set<String> syscalls = new TreeSet<>();
        List<String> images = new ArrayList<>();
        List<String> digests = new ArrayList<>();
        for (Profile profile : profiles) {
            images.add(profile.getImage());
            digests.add(profile.getDigest());
            for (ProfileItem item : profile.getItems()) {
                items.computeIfAbsent(item.getKind(), kind -> new TreeMap<>())
                        .merge(item.getItem(), item, Behaviour::both);
            }
            profile.getSyscalls().stream().map(ProfileCall::getName).forEach(syscalls::add);
        }
        return new Behaviour(profiles.getFirst().getWorkload(), images, digests, items, syscalls);
    }

    private static ProfileItem both(ProfileItem one, ProfileItem other) {
        TreeSet<String> addresses = new TreeSet<>(one.getAddresses());
        addresses.addAll(other.getAddresses());
        return ProfileItem.newBuilder(one).setAddresses(new ArrayList<>(addresses)).build();
    }

    /** Of one kind, in order. */
    public Set<String> of(String kind) {
        return items.getOrDefault(kind, Map.of()).keySet();
    }

    /** A name that Kubernetes takes: kubeguardian-shop-orders. */
    public String name() {
        String name = ("kubeguardian-" + workload.getNamespace() + '-' + workload.getName()).toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9-]", "-").replaceAll("-+", "-");
        String cut = name.length() <= 63 ? name : name.substring(0, 63);
        return cut.endsWith("-") ? cut.substring(0, cut.length() - 1) : cut;
    }

    public String key() {
        return Keys.workload(workload);
    }
}
