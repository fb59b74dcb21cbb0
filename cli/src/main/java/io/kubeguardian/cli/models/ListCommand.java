package io.kubeguardian.cli.models;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.stack.KafkaOption;
import io.kubeguardian.schema.BehaviourModel;
import io.kubeguardian.schema.ModelMember;
import io.kubeguardian.schema.ModelProvenance;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kubeguardian models list}: what jobs shall score with, and where it comes from. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "Lists the models that running jobs shall score with, with their provenance.")
final class ListCommand implements Callable<Integer> {
    /** How the list is printed. */
    enum Format { table, json }

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Option(names = "--format", paramLabel = "table|json", defaultValue = "table",
            description = "how the list is printed (default: ${DEFAULT-VALUE})")
    private Format format;

    @Mixin
    private KafkaOption kafka;

    @Override
    public Integer call() throws Exception {
        Map<String, Object> client = kafka.client();
        return Interrupted.onSignal(() -> KafkaOption.using(client, () -> {
            List<BehaviourModel> models = PublishedModels.read(client).active();
            if (format == Format.json) {
                ArrayNode all = JSON.createArrayNode();
                models.forEach(model -> all.add(json(model)));
                System.out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(all));
            } else if (models.isEmpty()) {
                System.out.println("no models are published");
            } else {
                models.forEach(model -> System.out.println(line(model)));
            }
            return 0;
        }));
    }

    /** A model in one line. */
    static String line(BehaviourModel model) {
        ModelProvenance from = model.getProvenance();
        String members = model.getMembers().stream().map(ModelMember::getKind).collect(Collectors.joining("+"));
        return model.getName() + " version " + model.getVersion() + (model.getRetired() ? " retired" : "") + "  "
                + (model.getWorkload().isEmpty() ? "every workload" : model.getWorkload()) + "  " + members + "  "
                + from.getWindows() + " windows of " + model.getWindowSeconds() + " s from "
                + String.join(", ", from.getSources()) + "  " + model.getDigest();
    }

    private static ObjectNode json(BehaviourModel model) {
        ModelProvenance from = model.getProvenance();
        ObjectNode node = JSON.createObjectNode();
        node.put("name", model.getName()).put("workload", model.getWorkload()).put("version", model.getVersion())
                .put("digest", model.getDigest()).put("retired", model.getRetired())
                .put("windowSeconds", model.getWindowSeconds()).put("featureVersion", model.getFeatureVersion())
                .put("features", model.getFeatures().size()).put("issuedBy", model.getIssuedBy())
                .put("issued", time(model.getIssuedTime()));
        ArrayNode members = node.putArray("members");
        model.getMembers().forEach(m -> members.addObject().put("kind", m.getKind()).put("weight", m.getWeight()));
        ObjectNode provenance = node.putObject("provenance");
        provenance.set("sources", JSON.valueToTree(from.getSources()));
        provenance.put("dataDigest", from.getDataDigest()).put("windows", from.getWindows())
                .put("first", time(from.getFirstTime())).put("last", time(from.getLastTime()))
                .put("trained", time(from.getTrainedTime())).put("seed", from.getSeed())
                .put("trainer", from.getTrainer());
        provenance.set("parameters", JSON.valueToTree(from.getParameters()));
        provenance.set("metrics", JSON.valueToTree(from.getMetrics()));
        node.set("previous", JSON.valueToTree(model.getPrevious()));
        return node;
    }

    private static String time(long nanos) {
        return nanos == 0 ? "" : Instant.ofEpochSecond(nanos / 1_000_000_000L, nanos % 1_000_000_000L).toString();
    }
}
