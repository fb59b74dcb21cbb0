package io.kubeguardian.cli.rules;

import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.stack.KafkaOption;
import io.kubeguardian.rules.LoadMode;
import io.kubeguardian.schema.RuleBundle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
        Duration timeout = waiting.timeout();
        LoadMode mode = lenient ? LoadMode.LENIENT : LoadMode.STRICT;
        String issuedBy = System.getProperty("user.name", "");
        RuleBundle checked = RuleInput.bundle(files, mode, issuedBy);
        Map<String, Object> client = kafka.client();
        return Interrupted.onSignal(() -> KafkaOption.using(client, () -> {
            PublishedRules published = PublishedRules.read(client);
            RuleBundle bundle = RuleBundle.newBuilder(checked).setIssuedTime(published.nextTime())
                    .setPrevious(published.historyFor(checked.getDigest())).build();
            published.publish(bundle);
            System.out.println("published " + bundle.getDigest());
            if (!waiting.wanted()) {
                return 0;
            }
            String refusal = Acknowledgement.await(client, bundle, timeout);
            if (refusal == null) {
                return 0;
            }
            refusal.lines().forEach(line -> System.err.println("kubeguardian: " + Texts.line(line)));
            takeBack(client, bundle, issuedBy);
            return 1;
        }));
    }

    /** The job goes on with what it ran; a job that is started from nothing shall read that, too. */
    private static void takeBack(Map<String, Object> client, RuleBundle refused, String issuedBy) {
        PublishedRules now = PublishedRules.read(client);
        if (now.active().getIssuedTime() != refused.getIssuedTime()) {
            return; // somebody has published since
        }
        System.err.println("kubeguardian: refused by the job; " + PublishedRules.name(now.back(issuedBy).getDigest())
                + " is active again");
    }
}
