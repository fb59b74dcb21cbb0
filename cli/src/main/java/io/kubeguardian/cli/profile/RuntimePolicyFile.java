package io.kubeguardian.cli.profile;

import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.RuntimePolicyRecord;
import io.kubeguardian.schema.RuntimePolicySpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/** Reads RuntimePolicy objects (docs/profiles.md), as {@code kubectl apply} takes them: YAML or JSON, one or more documents. */
public final class RuntimePolicyFile {
    private static final int MOST_BYTES = 8 << 20;
    private static final String WORKLOAD = "kubeguardian.io/workload";

    private RuntimePolicyFile() {}

    /**
     * Those of all files, by key.
     *
     * @param cluster that they are for; null: the one that an export names
     * @throws UserError with file, document and reason when one cannot be used, or is there twice
     */
    public static Map<String, RuntimePolicyRecord> read(List<Path> files, String cluster) {
        Map<String, RuntimePolicyRecord> policies = new LinkedHashMap<>();
        for (Path file : files) {
            for (RuntimePolicyRecord policy : read(file, cluster)) {
                String key = Keys.runtimePolicy(policy.getCluster(), policy.getNamespace(), policy.getName());
                if (policies.put(key, policy) != null) {
                    throw new UserError(file + ": RuntimePolicy " + policy.getNamespace() + '/' + policy.getName()
                            + " is there twice");
                }
            }
        }
        return policies;
    }

    private static List<RuntimePolicyRecord> read(Path file, String cluster) {
        List<RuntimePolicyRecord> policies = new ArrayList<>();
        int document = 0;
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new UserError(file + ": larger than " + MOST_BYTES + " bytes");
            }
            LoaderOptions options = new LoaderOptions();
            options.setCodePointLimit(MOST_BYTES);
            options.setNestingDepthLimit(20);
            options.setMaxAliasesForCollections(10);
            options.setAllowDuplicateKeys(false);
            String text = Files.readString(file, StandardCharsets.UTF_8);
            for (Object object : new Yaml(new SafeConstructor(options)).loadAll(text)) {
                document++;
                if (object != null) {
                    policies.add(policy(object, cluster));
                }
            }
        } catch (MalformedRecordException e) {
            throw new UserError(file + ": document " + document + ": " + Texts.line(e.getMessage()), e);
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            throw new UserError(file + ":" + line + ": not YAML: " + Texts.line(e.getProblem()), e);
        } catch (YAMLException e) {
            throw new UserError(file + ": not YAML: " + Texts.line(e.getMessage()), e);
        } catch (IOException e) {
            throw new UserError(file + ": cannot be read: " + e.getMessage(), e);
        }
        if (policies.isEmpty()) {
            throw new UserError(file + ": holds no RuntimePolicy; `kubeguardian profile export --format runtimepolicy` writes one");
        }
        return policies;
    }

    private static RuntimePolicyRecord policy(Object object, String cluster) throws MalformedRecordException {
        if (!(object instanceof Map<?, ?> fields) || !"RuntimePolicy".equals(fields.get("kind"))
                || !"kubeguardian.io/v1alpha1".equals(fields.get("apiVersion"))) {
            throw new MalformedRecordException("is no RuntimePolicy of kubeguardian.io/v1alpha1");
        }
        Map<?, ?> metadata = fields.get("metadata") instanceof Map<?, ?> map ? map : Map.of();
        return RuntimePolicySpec.read(cluster == null ? learnedIn(metadata) : cluster, text(metadata, "namespace"),
                text(metadata, "name"), fields.get("spec"));
    }

    private static String learnedIn(Map<?, ?> metadata) throws MalformedRecordException {
        if (metadata.get("annotations") instanceof Map<?, ?> annotations
                && annotations.get(WORKLOAD) instanceof String workload && workload.indexOf('/') > 0) {
            return workload.substring(0, workload.indexOf('/'));
        }
        throw new MalformedRecordException("has no annotation " + WORKLOAD + ": say which cluster it is for with --cluster");
    }

    private static String text(Map<?, ?> metadata, String name) throws MalformedRecordException {
        if (metadata.get(name) instanceof String text && !text.isBlank()) {
            return text;
        }
        throw new MalformedRecordException("metadata." + name + " is missing");
    }
}
