package io.kubeguardian.cli.models;

import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.stack.KafkaOption;
import io.kubeguardian.schema.BehaviourModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code kubeguardian models publish}: models into running jobs. */
@Command(
        name = "publish",
        mixinStandardHelpOptions = true,
        description = {
            "Makes models what running jobs score with, without a restart.",
            "They are checked here as the jobs check them: what they would refuse is not published, and it exits 2."
        })
final class PublishCommand implements Callable<Integer> {
    @Parameters(paramLabel = "MODEL", arity = "1..*", description = "files that models train wrote")
    private List<Path> files;

    @Mixin
    private KafkaOption kafka;

    @Override
    public Integer call() throws Exception {
        List<BehaviourModel> models = files.stream().map(ModelFile::read).toList();
        Map<String, Object> client = kafka.client();
        return Interrupted.onSignal(() -> KafkaOption.using(client, () -> {
            for (BehaviourModel model : models) {
                BehaviourModel published = PublishedModels.read(client).publish(model, System.getProperty("user.name", ""));
                System.out.println("published " + ListCommand.line(published));
            }
            return 0;
        }));
    }
}
