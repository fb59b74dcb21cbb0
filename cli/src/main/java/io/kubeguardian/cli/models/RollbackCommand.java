package io.kubeguardian.cli.models;

import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.stack.KafkaOption;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kubeguardian models rollback}: back to a model that was published before. */
@Command(
        name = "rollback",
        mixinStandardHelpOptions = true,
        description = "Makes the version before the one that running jobs score with, without a restart.")
final class RollbackCommand implements Callable<Integer> {
    @Mixin
    private ModelName model;

    @Option(names = "--to", paramLabel = "DIGEST", description = "this version (how its digest begins is enough)")
    private String to;

    @Mixin
    private KafkaOption kafka;

    @Override
    public Integer call() throws Exception {
        Map<String, Object> client = kafka.client();
        return Interrupted.onSignal(() -> KafkaOption.using(client, () -> {
            System.out.println("active " + ListCommand.line(PublishedModels.read(client)
                    .back(model.name(), model.workload(), to, System.getProperty("user.name", ""))));
            return 0;
        }));
    }
}
