package io.kubeguardian.cli.models;

import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.stack.KafkaOption;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code kubeguardian models retire}: out of use. */
@Command(
        name = "retire",
        mixinStandardHelpOptions = true,
        description = "Takes a model out of use in running jobs; models rollback brings it back.")
final class RetireCommand implements Callable<Integer> {
    @Mixin
    private ModelName model;

    @Mixin
    private KafkaOption kafka;

    @Override
    public Integer call() throws Exception {
        Map<String, Object> client = kafka.client();
        return Interrupted.onSignal(() -> KafkaOption.using(client, () -> {
            System.out.println("retired " + ListCommand.line(PublishedModels.read(client)
                    .retire(model.name(), model.workload(), System.getProperty("user.name", ""))));
            return 0;
        }));
    }
}
