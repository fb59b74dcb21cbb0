package io.kubeguardian.cli.profile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.cli.Ansi;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.stack.KafkaOption;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.ProfilePhase;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kubeguardian profile list}: which baselines there are and how far they have come. */
@Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the baselines of all workloads.")
final class ListCommand implements Callable<Integer> {
    @Option(names = "--format", paramLabel = "F", defaultValue = "table", description = "${COMPLETION-CANDIDATES}")
    private ProfileCommand.Format format;

    @Option(names = "--namespace", paramLabel = "N", description = "only of this namespace")
    private String namespace;

    @Mixin
    private KafkaOption kafka;

    @Override
    public Integer call() throws Exception {
        Map<String, Object> client = kafka.client();
        List<Profile> profiles = KafkaOption.using(client, () -> PublishedProfiles.read(client)).all().stream()
                .filter(profile -> namespace == null || profile.getWorkload().getNamespace().equals(namespace))
                .toList();
        if (format == ProfileCommand.Format.json) {
            System.out.println(Texts.json(profiles.stream().map(ListCommand::summary).toList()));
        } else {
            print(profiles);
        }
        return 0;
    }

    private static JsonNode summary(Profile profile) {
        ObjectNode node = (ObjectNode) ProfileJson.of(profile);
        node.put("items", profile.getItems().size());
        node.put("syscalls", profile.getSyscalls().size());
        node.put("drifts", profile.getDrifts().size());
        node.remove("rates");
        return node;
    }

    private static void print(List<Profile> profiles) {
        Ansi ansi = Ansi.detect();
        int width = Math.max(8, profiles.stream().mapToInt(p -> Keys.workload(p.getWorkload()).length()).max().orElse(0));
        String line = "%-" + width + "s  %-9s  %6s  %8s  %6s  %-20s  %s%n";
        System.out.printf(line, "WORKLOAD", "STATE", "ITEMS", "SYSCALLS", "DRIFTS", "READY SINCE", "IMAGE");
        for (Profile profile : profiles) {
            String state = String.format("%-9s", state(profile));
            System.out.printf(line, Texts.line(Keys.workload(profile.getWorkload())),
                    profile.getPhase() == ProfilePhase.READY ? ansi.green(state) : ansi.yellow(state),
                    profile.getItems().size(), profile.getSyscalls().size(), profile.getDrifts().size(),
                    ShowCommand.time(profile.getReadySince()), Texts.line(image(profile)));
        }
    }

    static String state(Profile profile) {
        return profile.getFrozen() ? "frozen" : profile.getPhase().name().toLowerCase(Locale.ROOT);
    }

    static String image(Profile profile) {
        String image = profile.getImage();
        String digest = image.startsWith("sha256:") && image.length() > 19 ? image.substring(0, 19) : image;
        return profile.getImageName().isEmpty() || profile.getImageName().equals(image) ? digest
                : profile.getImageName() + " " + digest;
    }
}
