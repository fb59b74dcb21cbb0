package io.kubeguardian.cli.replay;

import io.kubeguardian.cli.UserError;
import io.kubeguardian.cli.profile.RuntimePolicyFile;
import io.kubeguardian.runtimepolicy.RuntimePolicies;
import io.kubeguardian.schema.RuntimePolicyRecord;
import java.nio.file.Path;
import java.util.List;

/** RuntimePolicies that a replay is judged by: files, and of folders every YAML or JSON file by name. */
final class PolicyInput {
    private PolicyInput() {}

    /**
     * @param cluster that they are for; null: the one that an export names
     * @throws UserError with file, document and reason when one cannot be used, is there twice, or they are too many
     */
    static List<RuntimePolicyRecord> read(List<Path> paths, String cluster) {
        List<Path> files = InputFiles.of(paths, List.of(".yaml", ".yml", ".json"),
                "has no .yaml, .yml or .json file; kubeguardian profile export --format runtimepolicy writes one");
        List<RuntimePolicyRecord> policies = List.copyOf(RuntimePolicyFile.read(files, cluster).values());
        if (policies.size() > RuntimePolicies.MOST) {
            throw new UserError("--policies gives " + policies.size() + " policies, more than a job takes, which is "
                    + RuntimePolicies.MOST);
        }
        return policies;
    }
}
