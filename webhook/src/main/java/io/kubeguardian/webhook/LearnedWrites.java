package io.kubeguardian.webhook;

import io.kubeguardian.policy.Node;
import io.kubeguardian.policy.PodSpec;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.ProfileDrift;
import io.kubeguardian.schema.ProfileItem;
import io.kubeguardian.schema.ProfilePhase;
import io.kubeguardian.webhook.image.ImageReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where the containers of one image of a workload write, as far as their baseline has learned it.
 *
 * @param digest the image's, {@code sha256:…}; its name while that is unknown
 * @param name the image's, as in the pod's specification
 * @param isComplete whether {@code paths} are all: the baseline is ready, saw containers start, and left no file out
 * @param paths as baselines have them: with placeholders for what changes from run to run
 */
record LearnedWrites(String digest, String name, boolean isComplete, List<String> paths) {
    /** More are not kept: such a container has a reason to write. */
    private static final int MOST_PATHS = 64;
    private static final String FILE = "file";
    private static final List<String> WRITES = List.of("write ", "change ");
    /**
     * Container runtimes exchange the root file system in each container that they start, before its first program
     * (runtime-spec, config-linux.md); a service never does. A baseline without it knows running containers
     * alone, and not what they write when they start.
     */
    private static final String START = "pivot_root";
    /** File systems of their own in every container, whatever its root is (runtime-spec, "Default Filesystems"). */
    private static final List<String> ALWAYS_MOUNTED = List.of("/dev", "/proc", "/sys");

    static LearnedWrites of(Profile profile) {
        boolean complete = profile.getPhase() == ProfilePhase.READY && !profile.getSaturated().contains(FILE)
                && profile.getLeftOut().getOrDefault(FILE, 0) == 0 && profile.getSketched().getOrDefault(FILE, 0L) == 0
                && profile.getSyscalls().stream().anyMatch(call -> call.getName().equals(START))
                // None at all: files are not learned (baseline.kinds).
                && profile.getItems().stream().anyMatch(item -> item.getKind().equals(FILE));
        Set<String> paths = new TreeSet<>();
        for (ProfileItem item : complete ? profile.getItems() : List.<ProfileItem>of()) {
            write(item.getKind(), item.getItem(), paths);
        }
        for (ProfileDrift drift : complete ? profile.getDrifts() : List.<ProfileDrift>of()) {
            write(drift.getKind(), drift.getItem(), paths);
        }
        complete &= paths.size() <= MOST_PATHS;
        return new LearnedWrites(profile.getImage(), profile.getImageName(), complete,
                complete ? List.copyOf(paths) : List.of());
    }

    private static void write(String kind, String item, Set<String> paths) {
        for (String access : WRITES) {
            if (kind.equals(FILE) && item.startsWith(access)) {
                paths.add(item.substring(access.length()));
            }
        }
    }

    /** Whether it is about exactly that content. */
    boolean isOf(ImageReference image) {
        return image.digest() != null && image.digest().toString().equals(digest);
    }

    /** Whether it is about what the same name and tag stood for. */
    boolean isNamed(ImageReference image) {
        try {
            ImageReference own = ImageReference.parse(name);
            return own.name().equals(image.name()) && own.tag().equals(image.tag()) && !own.tag().isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Whether all that was written lies in the container's volumes, or where no root file system is. */
    boolean stayInVolumesOf(PodSpec.Container container) {
        if (!isComplete) {
            return false;
        }
        List<String> mounts = new ArrayList<>(ALWAYS_MOUNTED);
        for (Node mount : container.node().get("volumeMounts")) {
            String path = mount.get("mountPath").text();
            if (path.startsWith("/") && !mount.get("readOnly").isTrue()) {
                mounts.add(path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path);
            }
        }
        return paths.stream().allMatch(path -> mounts.stream().anyMatch(mount -> path.startsWith(mount + '/')));
    }
}
