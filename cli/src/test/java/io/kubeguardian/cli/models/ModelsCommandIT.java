package io.kubeguardian.cli.models;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeguardian.cli.CommandRun;
import io.kubeguardian.cli.ServiceMinutes;
import io.kubeguardian.cli.stack.TopicContents;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.BehaviourModel;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.ModelMember;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models as an operator handles them, on a real broker. */
class ModelsCommandIT {
    @TempDir
    static Path folder;

    private static EmbeddedKafka kafka;
    private static Path config;
    private static Path capture;

    @BeforeAll
    static void start() throws Exception {
        kafka = EmbeddedKafka.start();
        TopicSetup.createMissing(kafka.clientProperties(), 1);
        config = ServiceMinutes.config(folder, "kafka: {bootstrapServers: \"" + kafka.bootstrapServers() + "\"}\n");
        capture = ServiceMinutes.capture(folder.resolve("normal.avro"), 9, 40, -1);
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void aModelIsTrainedPublishedListedReplacedTakenBackAndRetired() throws Exception {
        // Given two models of the same name, of different draws
        BehaviourModel first = trained("one", 1);
        BehaviourModel second = trained("two", 2);
        assertThat(first.getDigest()).isNotEqualTo(second.getDigest());
        assertThat(first.getProvenance().getWindows()).isEqualTo(40);

        // When both are published one after the other
        CommandRun one = run("models", "publish", folder.resolve("one/behaviour.kgmodel").toString());
        CommandRun two = run("models", "publish", folder.resolve("two/behaviour.kgmodel").toString());

        // Then the second is in force, and the first is known
        assertThat(one.out()).as(one.err()).contains("published behaviour version 1", first.getDigest(), "40 windows of 10 s");
        assertThat(two.out()).as(two.err()).contains("published behaviour version 2", second.getDigest());
        JsonNode listed = list();
        assertThat(listed).hasSize(1);
        assertThat(listed.at("/0/digest").asText()).isEqualTo(second.getDigest());
        assertThat(listed.at("/0/previous/0").asText()).isEqualTo(first.getDigest());
        assertThat(listed.at("/0/provenance/sources/0").asText()).isEqualTo("normal.avro");

        // and it goes back to the first, by how its digest begins
        String beginning = first.getDigest().substring(0, "sha256:".length() + 12);
        assertThat(run("models", "rollback", "behaviour", "--to", beginning).out())
                .contains("active behaviour version 3", first.getDigest());
        assertThat(list().at("/0/digest").asText()).isEqualTo(first.getDigest());

        // and out of force, in which it stays known
        assertThat(run("models", "retire", "behaviour").out()).contains("retired behaviour version 4 retired");
        assertThat(list().at("/0/retired").asBoolean()).isTrue();
        assertThat(run("models", "list").out()).contains("behaviour version 4 retired", "every workload");
        assertThat(run("models", "rollback", "behaviour").out()).contains("active behaviour version 5", first.getDigest());
        assertThat(TopicContents.of(kafka.clientProperties(), Topics.MODELS)).isNotEmpty()
                .extracting(record -> new String(record.key(), StandardCharsets.UTF_8))
                .contains(Keys.activeModel("behaviour", ""), Keys.modelVersion(first.getDigest()));

        // and no version is found that there was not
        CommandRun unknown = run("models", "rollback", "behaviour", "--to", "0000000000");
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err()).contains("no version of behaviour 0000000000");
    }

    @Test
    void aWorkloadHasItsOwn() throws Exception {
        CommandRun trained = run("models", "train", capture.toString(), "--out", folder.resolve("own").toString(), "--name",
                "own", "--per-workload", "--members", "statistics");

        Path file = folder.resolve("own/own-prod_shop_Deployment_orders.kgmodel");
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(trained.out()).contains(file.toString());
        BehaviourModel model = ModelFile.read(file);
        assertThat(model.getWorkload()).isEqualTo("prod/shop/Deployment/orders");
        assertThat(model.getMembers()).extracting(ModelMember::getKind).containsExactly("statistics");
    }

    @Test
    void aMemberThatCouldLearnNothingIsToldAndLeftOut() throws Exception {
        Path out = folder.resolve("fewer");

        CommandRun trained = run("models", "train", capture.toString(), "--out", out.toString(), "--members",
                "histogram,statistics");

        Path file = out.resolve("behaviour.kgmodel");
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(trained.err()).contains("kubeguardian: " + file + ": without histogram: of the 40 windows it could judge none");
        assertThat(ModelFile.read(file).getMembers()).extracting(ModelMember::getKind).containsExactly("statistics");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "models | Usage: kubeguardian models",
        "models train none.avro --out F | none.avro: no such file",
        "models train F/kubeguardian.yaml --out F | kubeguardian.yaml: not a capture file",
        "models train F/short.avro --out F | no workload has 30 windows of 10 s to learn from",
        "models train F/normal.avro --out F --members histogram | no workload has 30 windows of 10 s that histogram could learn from",
        "models train F/normal.avro --out F --members magic | --members takes sequence, histogram",
        "models train F/normal.avro --out F --onnx F/net.onnx | --onnx and --like go together",
        "models publish none.kgmodel | none.kgmodel: no such file",
        "models publish F/cut.kgmodel | cut.kgmodel: is no model that a job would take",
        "models rollback unknown | there is no model unknown",
        "models retire unknown | there is no model unknown",
        "models list --bootstrap-servers localhost:1 | localhost:1 does not answer",
    })
    void wrongUseIsToldInALine(String command, String message) throws Exception {
        Files.write(folder.resolve("cut.kgmodel"), new byte[] {1, 2, 3});
        ServiceMinutes.capture(folder.resolve("short.avro"), 9, 5, -1);

        CommandRun run = run(command.replace("F/", folder + "/").replace("--out F", "--out " + folder).split(" "));

        assertThat(run.code()).as(run.err()).isEqualTo(2);
        assertThat(run.err().lines().filter(line -> line.contains(message))).as(run.err()).hasSize(1);
        assertThat(run.out()).isEmpty();
    }

    private static BehaviourModel trained(String name, int seed) {
        CommandRun run = run("models", "train", capture.toString(), "--out", folder.resolve(name).toString(), "--seed",
                Integer.toString(seed));
        assertThat(run.code()).as(run.err()).isZero();
        return ModelFile.read(folder.resolve(name).resolve("behaviour.kgmodel"));
    }

    private static JsonNode list() throws Exception {
        return new ObjectMapper().readTree(run("models", "list", "--format", "json").out());
    }

    private static CommandRun run(String... command) {
        List<String> all = new ArrayList<>(List.of(command));
        if (command.length > 1) {
            all.addAll(List.of("--config", config.toString()));
        }
        return CommandRun.of(all.toArray(String[]::new));
    }
}
