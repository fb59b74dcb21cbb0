package io.kubeguardian.cli.rules;

import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.stack.KafkaOption;
import io.kubeguardian.schema.RuleBundle;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kubeguardian rules rollback}: back to rules that were published before. */
@Command(
        name = "rollback",
        mixinStandardHelpOptions = true,
        description = "Makes the rules active that were so before, in running jobs and without a restart.")
final class RollbackCommand implements Callable<Integer> {
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
        Duration timeout = waiting.timeout();
        Map<String, Object> client = kafka.client();
        return Interrupted.onSignal(() -> KafkaOption.using(client, () -> {
            PublishedRules published = PublishedRules.read(client);
            String issuedBy = System.getProperty("user.name", "");
            RuleBundle bundle = to == null ? published.back(issuedBy) : published.to(to, issuedBy);
            System.out.println("active " + PublishedRules.name(bundle.getDigest()));
            String refusal = waiting.wanted() ? Acknowledgement.await(client, bundle, timeout) : null;
            if (refusal != null) {
                refusal.lines().forEach(line -> System.err.println("kubeguardian: " + Texts.line(line)));
            }
            return refusal == null ? 0 : 1;
        }));
    }
}
