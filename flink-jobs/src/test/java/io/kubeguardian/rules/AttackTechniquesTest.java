package io.kubeguardian.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The ATT&amp;CK ids of the rules exist, and belong to the tactics that the rules name beside them. */
class AttackTechniquesTest {
    /** Cloud Instance Metadata API: ATT&amp;CK has it for IaaS alone, so a list for Linux and containers lacks it. */
    private static final String CLOUD_METADATA = "T1552.005";

    private static final Set<String> SCOPES = Set.of("host", "container");

    /** Their programs are executed; ATT&amp;CK has the bringing of tools under command and control alone. */
    private static final Set<String> NAMED_BY_WHAT_HAPPENS =
            Set.of("Program run from a temporary or writable place", "Package manager run in a container");

    /** Technique to its tactics, as tags are written. */
    private static Map<String, Set<String>> techniques;

    @BeforeAll
    static void readTechniques() throws IOException {
        techniques = new HashMap<>();
        for (String line : Files.readAllLines(SharedData.require("attack/techniques.tsv"))) {
            String[] columns = line.split("\t");
            techniques.put(columns[0], Set.of(columns[2].replace('-', '_').split(",")));
        }
        techniques.put(CLOUD_METADATA, Set.of("credential_access"));
    }

    @Test
    void everyTechniqueExists() {
        // Given
        List<String> unknown = new ArrayList<>();

        // When
        for (Rule rule : RuleSet.loadBuiltIn().rules()) {
            rule.techniques().stream()
                    .filter(id -> !techniques.containsKey(id))
                    .forEach(id -> unknown.add(rule.name() + ": " + id));
        }

        // Then
        assertThat(unknown).isEmpty();
    }

    @Test
    void everyTacticIsThatOfATechniqueOfTheRule() {
        // Given
        List<String> wrong = new ArrayList<>();

        // When
        for (Rule rule : RuleSet.loadBuiltIn().rules()) {
            rule.tags().stream()
                    .filter(tag -> !SCOPES.contains(tag) && !rule.techniques().contains(tag))
                    .filter(tag -> !NAMED_BY_WHAT_HAPPENS.contains(rule.name()) || !tag.equals("execution"))
                    .filter(tag -> rule.techniques().stream()
                            .noneMatch(id -> techniques.getOrDefault(id, Set.of()).contains(tag)))
                    .forEach(tag -> wrong.add(rule.name() + ": " + tag));
        }

        // Then
        assertThat(wrong).isEmpty();
    }
}
