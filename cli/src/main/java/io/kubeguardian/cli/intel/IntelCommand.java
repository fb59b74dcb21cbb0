package io.kubeguardian.cli.intel;

import io.kubeguardian.cli.UserError;
import io.kubeguardian.config.FeedSettings;
import io.kubeguardian.config.KubeGuardianConfig;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code kubeguardian intel}: threat intelligence, from its sources into running jobs. */
@Command(
        name = "intel",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Threat intelligence: checks, publishes and lists feeds of addresses, networks, domains, hashes and programs.",
            "The feeds stand in the configuration under intel.feeds; see docs/threat-intelligence.md."
        },
        subcommands = {CheckFeedsCommand.class, PublishFeedsCommand.class, RunFeedsCommand.class, ListFeedsCommand.class,
            RemoveFeedCommand.class})
public final class IntelCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return 2;
    }

    /** The feeds of these names, or all. */
    static List<FeedSettings> feeds(KubeGuardianConfig config, List<String> names) {
        List<FeedSettings> all = config.intel().feeds();
        if (all.isEmpty()) {
            throw new UserError("intel: the configuration has no intel.feeds; docs/threat-intelligence.md shows some");
        }
        if (names == null || names.isEmpty()) {
            return all;
        }
        for (String name : names) {
            if (all.stream().noneMatch(feed -> feed.name().equals(name))) {
                throw new UserError("intel: the configuration has no feed " + name + "; it has "
                        + String.join(", ", all.stream().map(FeedSettings::name).toList()));
            }
        }
        return all.stream().filter(feed -> names.contains(feed.name())).toList();
    }
}
