package io.kubeguardian.cli.rules;

import io.kubeguardian.cli.stack.KafkaOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kubeguardian rules rollback} and {@code patterns rollback}: back to what was published before. */
@Command(
        name = "rollback",
        mixinStandardHelpOptions = true,
        description = "Makes active again what was so before, in running jobs and without a restart.")
final class RollbackCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--to", paramLabel = "DIGEST",
            description = "this bundle (how its digest begins is enough), or `" + PublishedRules.CONFIGURATION
                    + "` for the files that the job was started with")
    private String to;

    @Mixin
    private KafkaOption kafka;

    @Mixin
    private WaitOption waiting;

    @Override
    public Integer call() throws Exception {
        return new Publication(BundleKind.of(spec.parent().name()), kafka, waiting).rollback(to);
    }
}
