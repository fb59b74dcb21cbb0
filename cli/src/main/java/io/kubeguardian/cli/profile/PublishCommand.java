package io.kubeguardian.cli.profile;

import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.stack.KafkaOption;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.RuntimePolicyRecord;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kubeguardian profile publish}: RuntimePolicies into running jobs. */
@Command(
        name = "publish",
        mixinStandardHelpOptions = true,
        description = {
            "Makes RuntimePolicies what running jobs judge their workloads by, without a restart.",
            "All files are checked first: with a mistake in one nothing is published, and it exits 2.",
            "Where a controller runs, use kubectl instead: it takes back what the API server does not hold."
        })
final class PublishCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", arity = "1..*",
            description = "YAML, as `kubeguardian profile export --format runtimepolicy` writes it")
    private List<Path> files;

    @Option(names = "--cluster", paramLabel = "NAME",
            description = "the cluster that they are for (default: the one that an exported policy was learned in)")
    private String cluster;

    @Option(names = "--by", paramLabel = "NAME", description = "who (default: the user that runs this)")
    private String by;

    @Mixin
    private KafkaOption kafka;

    @Override
    public Integer call() throws Exception {
        Instant now = Instant.now();
        Map<String, RuntimePolicyRecord> policies = RuntimePolicyFile.read(files, cluster);
        policies.values().forEach(policy -> {
            policy.setIssuedBy(by == null ? System.getProperty("user.name", "") : by);
            policy.setIssuedTime(now.getEpochSecond() * 1_000_000_000L + now.getNano());
        });
        Map<String, Object> client = kafka.client();
        return Interrupted.onSignal(() -> KafkaOption.using(client, () -> {
            PublishedRuntimePolicies.send(client, policies);
            policies.values().forEach(policy -> System.out.println("published " + Texts.line(policy.getNamespace() + '/'
                    + policy.getName()) + " for " + Texts.line(Keys.workload(policy.getWorkload())) + ' ' + policy.getDigest()));
            return 0;
        }));
    }
}
