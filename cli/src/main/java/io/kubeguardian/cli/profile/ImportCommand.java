package io.kubeguardian.cli.profile;

import io.kubeguardian.baseline.ItemKind;
import io.kubeguardian.baseline.ProfileDigests;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.ProfileItem;
import io.kubeguardian.schema.ProfilePolicy;
import io.kubeguardian.schema.WorkloadRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kubeguardian profile import}: a profile that was learned elsewhere. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = {
            "Takes over a profile that `kubeguardian profile export --format json` wrote: learned on a test cluster, say.",
            "It adds to what the image's baseline knows; one that was ready makes it ready."
        })
final class ImportCommand implements Callable<Integer> {
    private static final long MAX_BYTES = 8L << 20;
    private static final int MOST_IMAGES = 4;

    @Parameters(index = "0", paramLabel = "FILE", description = "the profile, JSON")
    private Path file;

    @Option(names = "--workload", paramLabel = "KEY",
            description = "the workload that it is for: cluster/namespace/kind/name (default: the one it was learned of)")
    private String workload;

    @Mixin
    private ChangeOptions options;

    @Override
    public Integer call() throws Exception {
        Profile profile = read();
        WorkloadRef target = workload == null ? profile.getWorkload() : target(workload);
        profile.setWorkload(target);
        return options.apply(published -> target, "import", profile.getImage() + " " + profile.getDigest(),
                (before, published, now) -> {
                    List<Profile> imported = new ArrayList<>(before.getImported());
                    imported.removeIf(one -> one.getImage().equals(profile.getImage()));
                    imported.add(profile);
                    if (imported.size() > MOST_IMAGES) {
                        imported.removeFirst();
                    }
                    return ProfilePolicy.newBuilder(before).setImported(imported);
                });
    }

    private Profile read() {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new UserError(file + ": larger than " + MAX_BYTES + " bytes; no profile is");
            }
            Profile profile = ProfileJson.read(file.toString(), Files.readAllBytes(file));
            for (ProfileItem item : profile.getItems()) {
                if (ItemKind.of(item.getKind()) == null) {
                    throw new UserError(file + ": there is no kind of item " + item.getKind());
                }
            }
            String digest = ProfileDigests.of(profile);
            if (!profile.getDigest().equals(digest)) {
                throw new UserError(file + ": its digest is " + profile.getDigest() + ", its content's is " + digest
                        + "; it was changed by hand: put that digest in to import it as it is");
            }
            // What it drifted from and how often things happen is the other place's own.
            return Profile.newBuilder(profile).setDrifts(List.of()).setRates(List.of()).setPolicyDigest("")
                    .setPolicyTime(0).build();
        } catch (IOException e) {
            throw new UserError(file + ": cannot be read: " + Texts.reason(e), e);
        }
    }

    private static WorkloadRef target(String key) {
        String[] parts = key.split("/", -1);
        if (parts.length != 4 || parts[0].isBlank() || parts[2].isBlank() || parts[3].isBlank()) {
            throw new UserError("--workload: expected cluster/namespace/kind/name, not " + key);
        }
        return new WorkloadRef(parts[0], parts[1], parts[2], parts[3]);
    }
}
