package io.kubeguardian.cli.profile;

import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.cli.profile.export.AppArmorExport;
import io.kubeguardian.cli.profile.export.Behaviour;
import io.kubeguardian.cli.profile.export.NetworkPolicyExport;
import io.kubeguardian.cli.profile.export.RuntimePolicyExport;
import io.kubeguardian.cli.profile.export.SeccompExport;
import io.kubeguardian.cli.stack.KafkaOption;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.ProfilePhase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kubeguardian profile export}: what Kubernetes itself can enforce. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = {
            "Writes what a workload was seen doing as something that enforces it, or as the profile itself (json).",
            "Exits 1 and writes nothing when the baseline is not ready, or does not know by name all that it needs to."
        })
final class ExportCommand implements Callable<Integer> {
    /** What is written. */
    enum Format { networkpolicy, seccomp, apparmor, runtimepolicy, json }

    @Parameters(index = "0", paramLabel = "WORKLOAD", arity = "0..1", description = "the workload")
    private String workload;

    @Option(names = "--from", paramLabel = "FILE", description = "a profile that was exported as json, instead of Kafka's")
    private Path from;

    @Option(names = "--format", paramLabel = "F", required = true, description = "${COMPLETION-CANDIDATES}")
    private Format format;

    @Option(names = "--image", paramLabel = "I",
            description = "digest (how it begins is enough) or name (default: the image that was seen last)")
    private String image;

    @Option(names = "--all-images", description = "what any image of the workload does, put together")
    private boolean allImages;

    @Option(names = "--selector", paramLabel = "LABEL=VALUE", split = ",",
            description = "networkpolicy: labels of the workload's pods (default: those that all of its pods have)")
    private Map<String, String> selector;

    @Option(names = "--force", description = "write it although it is incomplete")
    private boolean force;

    @Mixin
    private KafkaOption kafka;

    @Override
    public Integer call() throws Exception {
        if (workload == null ? from == null : from != null) {
            throw new UserError("profile export: expected WORKLOAD or --from FILE");
        }
        Map<String, Object> client = kafka.client();
        List<Profile> profiles = from != null ? List.of(read()) : KafkaOption.using(client, () -> {
            PublishedProfiles published = PublishedProfiles.read(client);
            String key = published.workload(workload);
            return allImages ? published.of(key) : List.of(published.profile(key, image));
        });
        List<String> problems = problems(profiles);
        problems.forEach(problem -> System.err.println("kubeguardian: " + Texts.line(problem)));
        if (!problems.isEmpty() && !force) {
            System.err.println("kubeguardian: what is made of it would stop things that are normal; --force writes it");
            return 1;
        }
        Behaviour behaviour = Behaviour.of(profiles);
        System.out.print(switch (format) {
            case networkpolicy -> NetworkPolicyExport.of(behaviour, labels(client, behaviour));
            case seccomp -> SeccompExport.of(behaviour);
            case apparmor -> AppArmorExport.of(behaviour);
            case runtimepolicy -> RuntimePolicyExport.of(behaviour);
            case json -> {
                if (profiles.size() > 1) {
                    throw new UserError("profile export: json is of one image; leave out --all-images");
                }
                yield Texts.json(ProfileJson.of(profiles.getFirst())) + '\n';
            }
        });
        System.out.flush();
        return 0;
    }

    private Profile read() {
        try {
            return ProfileJson.read(from.toString(), Files.readString(from).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UserError(from + ": cannot be read: " + Texts.reason(e), e);
        }
    }

    private Map<String, String> labels(Map<String, Object> client, Behaviour behaviour) throws Exception {
        if (selector != null) {
            return selector;
        }
        Map<String, String> labels = from != null ? Map.of()
                : KafkaOption.using(client, () -> PodLabels.common(client, behaviour.workload()));
        if (labels.isEmpty()) {
            throw new UserError("no labels of pods of " + Keys.workload(behaviour.workload())
                    + " are known; say which pods are meant with --selector");
        }
        return labels;
    }

    /** Why the export would not leave everything working; empty: it does. */
    private List<String> problems(List<Profile> profiles) {
        List<String> kinds = switch (format) {
            case networkpolicy -> List.of("connect", "listen");
            case seccomp -> List.of("syscall");
            case apparmor -> List.of("exec", "file", "capability");
            case runtimepolicy -> List.of("exec", "parent", "args", "file", "connect", "listen", "dns", "user", "capability");
            case json -> List.of();
        };
        List<String> problems = new ArrayList<>();
        for (Profile profile : profiles) {
            if (format == Format.json) {
                continue;
            }
            if (profile.getPhase() != ProfilePhase.READY) {
                problems.add("the profile of " + profile.getImage() + " is "
                        + profile.getPhase().name().toLowerCase(Locale.ROOT) + ": it does not know yet all that is normal");
            }
            for (String kind : kinds) {
                long unnamed = profile.getLeftOut().getOrDefault(kind, 0) + profile.getSketched().getOrDefault(kind, 0L);
                if (unnamed > 0 || profile.getSaturated().contains(kind)) {
                    problems.add("the profile of " + profile.getImage() + " has " + kind + " items that it does not name"
                            + (unnamed > 0 ? " (" + unnamed + ")" : ""));
                }
            }
        }
        return problems;
    }
}
