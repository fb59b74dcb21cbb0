package io.kubeguardian.cli.rules;

import io.kubeguardian.cli.stack.KafkaOption;
import io.kubeguardian.rules.LoadMode;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kubeguardian rules publish}: rules into running jobs. */
@Command(
        name = "publish",
        mixinStandardHelpOptions = true,
        description = {
            "Makes rule files what running jobs judge by, whole or not at all, without a restart.",
            "They are checked here first: with a mistake in them nothing is published, and it exits 2."
        })
final class PublishCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", arity = "1..*",
            description = "rule files or folders, in the order in which they are loaded")
    private List<Path> files;

    @Option(names = "--lenient", description = "leave out rules with unknown fields")
    private boolean lenient;

    @Mixin
    private KafkaOption kafka;

    @Mixin
    private WaitOption waiting;

    @Override
    public Integer call() throws Exception {
        return new Publication(BundleKind.RULES, kafka, waiting).publish(RuleInput.bundle(files,
                lenient ? LoadMode.LENIENT : LoadMode.STRICT, Publication.issuer()));
    }
}
