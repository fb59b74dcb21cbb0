package io.kubeguardian.cli.profile;

import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.cli.stack.KafkaOption;
import io.kubeguardian.schema.RuntimePolicyRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kubeguardian profile remove}: a published RuntimePolicy out of force. */
@Command(
        name = "remove",
        mixinStandardHelpOptions = true,
        description = "Takes a published RuntimePolicy out of force. One that the API server holds comes back: delete it there.")
final class RemoveCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAMESPACE/NAME", description = "as `kubeguardian profile policies` lists it")
    private String name;

    @Option(names = "--cluster", paramLabel = "NAME", description = "where more than one cluster has a policy of that name")
    private String cluster;

    @Mixin
    private KafkaOption kafka;

    @Override
    public Integer call() throws Exception {
        Map<String, Object> client = kafka.client();
        return Interrupted.onSignal(() -> KafkaOption.using(client, () -> {
            Map<String, RuntimePolicyRecord> published = PublishedRuntimePolicies.read(client);
            List<Map.Entry<String, RuntimePolicyRecord>> meant = published.entrySet().stream()
                    .filter(entry -> (entry.getValue().getNamespace() + '/' + entry.getValue().getName()).equals(name))
                    .filter(entry -> cluster == null || entry.getValue().getCluster().equals(cluster)).toList();
            if (meant.size() != 1) {
                throw new UserError("profile remove: " + (meant.isEmpty() ? "no RuntimePolicy " + Texts.line(name)
                        + " is published; see `kubeguardian profile policies`"
                        : "more than one cluster has a RuntimePolicy " + Texts.line(name) + "; say which with --cluster"));
            }
            Map<String, RuntimePolicyRecord> gone = new HashMap<>();
            gone.put(meant.getFirst().getKey(), null);
            PublishedRuntimePolicies.send(client, gone);
            System.out.println("removed " + Texts.line(name));
            return 0;
        }));
    }
}
