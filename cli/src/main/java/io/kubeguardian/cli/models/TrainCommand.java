package io.kubeguardian.cli.models;

import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.cli.stack.KafkaOption;
import io.kubeguardian.config.KafkaSettings;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.detection.ModelTraining;
import io.kubeguardian.ml.ModelException;
import io.kubeguardian.ml.member.OnnxMember;
import io.kubeguardian.ml.train.TrainingPlan;
import io.kubeguardian.schema.BehaviourModel;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kubeguardian models train}: from captures, or from the events topic, to a file. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = {
            "Learns what is normal from captures, or from what kubeguardian.events holds, and writes a model.",
            "The data is taken as normal: leave out times of attacks. Nothing is published (see models publish)."
        })
final class TrainCommand implements Callable<Integer> {
    @Parameters(paramLabel = "CAPTURE", arity = "0..*", description = "captures; none: the events topic")
    private List<Path> captures = List.of();

    @Option(names = "--out", paramLabel = "FOLDER", required = true,
            description = "where models are written, NAME.kgmodel or NAME-<workload>.kgmodel")
    private Path out;

    @Option(names = "--name", paramLabel = "NAME", defaultValue = "behaviour",
            description = "name of the model; signals are called anomaly.NAME (default: ${DEFAULT-VALUE})")
    private String name;

    @Option(names = "--per-workload", description = "a model for each workload with enough windows, not one for all")
    private boolean perWorkload;

    @Option(names = "--members", split = ",", paramLabel = "KIND",
            description = "these and no others (default: all kinds); they weigh the same. Those that could judge no window are"
                + " left out, and named on standard error")
    private List<String> members;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "of everything that is drawn")
    private long seed;

    @Option(names = "--onnx", paramLabel = "FILE",
            description = "a network of your own instead of members that are trained; needs --like")
    private Path network;

    @Option(names = "--like", paramLabel = "MODEL",
            description = "the model whose features, in their order, the network takes")
    private Path like;

    @Mixin
    private KafkaOption kafka;

    @Override
    public Integer call() throws Exception {
        KubeGuardianConfig config = kafka.settings();
        List<String> sources = captures.isEmpty() ? List.of(Topics.EVENTS)
                : captures.stream().map(file -> file.getFileName().toString()).toList();
        for (Path capture : captures) {
            if (!Files.isReadable(capture)) {
                throw new UserError(capture + ": no such file, or it cannot be read");
            }
        }
        TrainingPlan plan = plan(config, sources);
        return Interrupted.onSignal(() -> {
            List<BehaviourModel> models = train(config, plan);
            Files.createDirectories(out);
            for (BehaviourModel model : models) {
                Path file = out.resolve(fileName(model));
                ModelFile.write(file, model);
                System.out.println(file + "  " + model.getDigest() + "  " + model.getProvenance().getWindows() + " windows");
                print(model.getProvenance().getMetrics());
                tellLeftOut(file, plan, model);
            }
            return 0;
        });
    }

    private TrainingPlan plan(KubeGuardianConfig config, List<String> sources) {
        if ((network == null) != (like == null)) {
            throw new UserError("models train: --onnx and --like go together");
        }
        if (members != null && !TrainingPlan.ALL_MEMBERS.containsAll(members)) {
            throw new UserError("models train: --members takes " + String.join(", ", TrainingPlan.ALL_MEMBERS));
        }
        Instant now = Instant.now();
        TrainingPlan plan = new TrainingPlan(name, "", config.models().windowSeconds(), seed, 5,
                members == null ? TrainingPlan.ALL_MEMBERS : members, false, sources, 0, 0,
                now.getEpochSecond() * 1_000_000_000L + now.getNano());
        if (network == null) {
            return plan;
        }
        try {
            if (Files.size(network) > OnnxMember.MOST_BYTES) {
                throw new UserError(network + ": has more than " + OnnxMember.MOST_BYTES + " bytes");
            }
            return plan.with(Files.readAllBytes(network), ModelFile.read(like).getFeatures());
        } catch (IOException e) {
            throw new UserError(network + ": cannot be read: " + Texts.reason(e), e);
        }
    }

    private List<BehaviourModel> train(KubeGuardianConfig config, TrainingPlan plan) throws Exception {
        try {
            if (!captures.isEmpty()) {
                return ModelTraining.run(captures, config.detection(), plan, perWorkload);
            }
            Map<String, Object> client = kafka.client();
            Map<String, String> rest = new TreeMap<>();
            client.forEach((key, value) -> rest.put(key, String.valueOf(value)));
            String servers = rest.remove("bootstrap.servers");
            return KafkaOption.using(client,
                    () -> ModelTraining.run(new KafkaSettings(servers, rest), config.detection(), plan, perWorkload));
        } catch (ModelException | MalformedRecordException | IOException e) {
            throw new UserError("models train: " + Texts.line(String.valueOf(e.getMessage())), e);
        }
    }

    private static String fileName(BehaviourModel model) {
        String of = model.getWorkload().isEmpty() ? "" : "-" + model.getWorkload().replaceAll("[^A-Za-z0-9.-]+", "_");
        return model.getName() + of + ".kgmodel";
    }

    private static void tellLeftOut(Path file, TrainingPlan plan, BehaviourModel model) {
        List<String> out = new ArrayList<>(plan.network() == null ? plan.members() : List.of());
        model.getMembers().forEach(member -> out.remove(member.getKind()));
        if (!out.isEmpty()) {
            System.err.println("kubeguardian: " + file + ": without " + String.join(", ", out) + ": of the "
                    + model.getProvenance().getWindows() + " windows it could judge none, as what it looks at is not in them");
        }
    }

    private static void print(Map<String, Double> metrics) {
        List<String> lines = new ArrayList<>();
        new TreeMap<>(metrics).forEach((metric, value) ->
                lines.add(String.format(Locale.ROOT, "  %-36s %.4f", metric, value)));
        lines.forEach(System.out::println);
    }
}
