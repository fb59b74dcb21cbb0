package io.kubeguardian.cli.profile;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.stack.KafkaOption;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.RuntimePolicyRecord;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kubeguardian profile policies}: which RuntimePolicies are published. */
@Command(name = "policies", mixinStandardHelpOptions = true, description = "Lists the RuntimePolicies that jobs judge by.")
final class PoliciesCommand implements Callable<Integer> {
    @Option(names = "--format", paramLabel = "F", defaultValue = "table", description = "${COMPLETION-CANDIDATES}")
    private ProfileCommand.Format format;

    @Mixin
    private KafkaOption kafka;

    @Override
    public Integer call() throws Exception {
        Map<String, Object> client = kafka.client();
        Collection<RuntimePolicyRecord> policies =
                KafkaOption.using(client, () -> PublishedRuntimePolicies.read(client)).values();
        if (format == ProfileCommand.Format.json) {
            ArrayNode all = new ObjectMapper().createArrayNode();
            policies.forEach(policy -> all.addObject().put("name", name(policy)).put("mode", mode(policy))
                    .put("workload", Keys.workload(policy.getWorkload())).put("digest", policy.getDigest())
                    .put("generation", policy.getGeneration()).put("issuedBy", policy.getIssuedBy())
                    .put("issuedTime", policy.getIssuedTime()));
            System.out.println(Texts.json(all));
            return 0;
        }
        int width = Math.max(6, policies.stream().mapToInt(policy -> name(policy).length()).max().orElse(0));
        String line = "%-" + width + "s  %-7s  %-19s  %-24s  %s%n";
        System.out.printf(line, "POLICY", "MODE", "DIGEST", "BY", "WORKLOAD");
        policies.forEach(policy -> System.out.printf(line, name(policy), mode(policy),
                policy.getDigest().substring(0, Math.min(19, policy.getDigest().length())), Texts.line(policy.getIssuedBy()),
                Texts.line(Keys.workload(policy.getWorkload()))));
        return 0;
    }

    private static String name(RuntimePolicyRecord policy) {
        return Texts.line(policy.getNamespace() + '/' + policy.getName());
    }

    private static String mode(RuntimePolicyRecord policy) {
        return policy.getMode().name().toLowerCase(Locale.ROOT);
    }
}
