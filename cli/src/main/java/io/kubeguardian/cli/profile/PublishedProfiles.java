package io.kubeguardian.cli.profile;

import io.kubeguardian.cli.UserError;
import io.kubeguardian.cli.stack.DecodedRecords;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.Topics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** The profiles topic as it stands. */
final class PublishedProfiles {
    private static final AvroCodec<Profile> CODEC = AvroCodec.of(Profile.class);

    /** By workload, then image. */
    private final Map<String, Map<String, Profile>> profiles = new TreeMap<>();

    private PublishedProfiles() {}

    /** Reads the topic; what cannot be read is told on standard error and left out. */
    static PublishedProfiles read(Map<String, Object> client) {
        PublishedProfiles published = new PublishedProfiles();
        DecodedRecords.latest(client, Topics.PROFILES, CODEC, "").values().forEach(profile -> published.profiles
                .computeIfAbsent(Keys.workload(profile.getWorkload()), workload -> new TreeMap<>())
                .put(profile.getImage(), profile));
        return published;
    }

    /** All, by workload and image. */
    List<Profile> all() {
        List<Profile> all = new ArrayList<>();
        profiles.values().forEach(images -> all.addAll(images.values()));
        return all;
    }

    /** The images' profiles of a workload, the latest seen first; empty when nothing is known of it. */
    List<Profile> of(String workload) {
        return profiles.getOrDefault(workload, Map.of()).values().stream()
                .sorted(Comparator.comparingLong(Profile::getLastSeen).reversed())
                .toList();
    }

    /**
     * The workload that a person names: its key, or the end of it.
     *
     * @throws UserError when there is none, or more than one
     */
    String workload(String name) {
        if (profiles.containsKey(name)) {
            return name;
        }
        TreeSet<String> found = new TreeSet<>();
        for (String key : profiles.keySet()) {
            String[] parts = key.split("/");
            boolean withoutKind = name.equals(parts[1] + '/' + parts[parts.length - 1]);
            if (key.endsWith('/' + name) || withoutKind) {
                found.add(key);
            }
        }
        if (found.size() == 1) {
            return found.first();
        }
        if (found.isEmpty()) {
            throw new UserError("no baseline of a workload " + name + " is published; `kubeguardian profile list` shows"
                    + " those that are");
        }
        throw new UserError(name + " names more than one workload: " + String.join(", ", found));
    }

    /**
     * One image's profile of a workload.
     *
     * @param image a digest or name, or how it begins; null: the image that was seen last
     * @throws UserError when there is none
     */
    Profile profile(String workload, String image) {
        List<Profile> of = of(workload);
        if (image == null) {
            return of.getFirst();
        }
        List<Profile> found = of.stream()
                .filter(p -> p.getImage().startsWith(image) || p.getImage().startsWith("sha256:" + image)
                        || p.getImageName().equals(image))
                .toList();
        if (found.size() != 1) {
            throw new UserError((found.isEmpty() ? "no image " : "more than one image ") + image + " of " + workload
                    + "; there are: " + String.join(", ", of.stream().map(Profile::getImage).toList()));
        }
        return found.getFirst();
    }
}
