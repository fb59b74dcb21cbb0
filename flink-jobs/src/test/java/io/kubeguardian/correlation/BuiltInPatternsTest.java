package io.kubeguardian.correlation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.detection.SignalExamples;
import io.kubeguardian.rules.Rule;
import io.kubeguardian.rules.RuleSet;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.PodRef;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import io.kubeguardian.schema.WorkloadRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The patterns that come with KubeGuardian, all of them loaded, on traces of signals. */
class BuiltInPatternsTest {
    private static final Pattern STEP =
            Pattern.compile("(\\d+) ([^{*]+?)\\s*(?:\\{(.*?)})?\\s*(?:\\*(\\d+))?");
    private static final Set<String> OF_THE_HOUSE =
            Set.of("drift.exec", "drift.connect", "gap.lost", "gap.missing", "gap.crash", "gap.unwatched");

    record Trace(String pattern, boolean matches, String steps) {
        @Override
        public String toString() {
            return (matches ? "+ " : "- ") + pattern + ": " + steps;
        }
    }

    static List<Trace> traces() throws IOException {
        List<Trace> traces = new ArrayList<>();
        String pattern = "";
        for (String line : Files.readAllLines(Path.of("src/test/resources/patterns/traces.txt"))) {
            if (line.startsWith("+ ") || line.startsWith("- ")) {
                traces.add(new Trace(pattern, line.charAt(0) == '+', line.substring(2)));
            } else if (!line.isBlank() && !line.startsWith("#")) {
                pattern = line.strip();
            }
        }
        return traces;
    }

    @ParameterizedTest
    @MethodSource("traces")
    void aTraceIsWhatItsPatternSays(Trace trace) throws Exception {
        try (CorrelationWorld world = new CorrelationWorld(PatternLoader.builtIn())) {
            for (Signal signal : signals(trace.steps)) {
                world.send(signal);
                world.time(signal.getEventTime() / 1_000_000 - SignalExamples.START);
            }
            world.time(100_000_000);

            Set<String> matched = world.incidents().stream().map(Incident::getPatterns).flatMap(List::stream)
                    .collect(Collectors.toSet());
            assertThat(matched.contains(trace.pattern)).as("matched: %s", matched).isEqualTo(trace.matches);
        }
    }

    @Test
    void everyPatternHasTracesOfBothKindsAndThereAreEnough() throws IOException {
        Map<String, Set<Boolean>> kinds = new HashMap<>();
        traces().forEach(trace -> kinds.computeIfAbsent(trace.pattern, id -> new HashSet<>()).add(trace.matches));
        Set<String> ids = patterns().stream().map(CorrelationPattern::id).collect(Collectors.toSet());

        assertThat(kinds.keySet()).isEqualTo(ids);
        assertThat(kinds.values()).allSatisfy(both -> assertThat(both).containsExactlyInAnyOrder(true, false));
        assertThat(ids).hasSizeGreaterThanOrEqualTo(15);
    }

    @Test
    void everyRuleThatAPatternNamesExists() {
        Set<String> rules = RuleSet.loadBuiltIn().rules().stream().map(Rule::name).collect(Collectors.toSet());
        rules.addAll(OF_THE_HOUSE);
        Set<String> unknown = new HashSet<>();
        for (CorrelationPattern pattern : patterns()) {
            for (SignalSelector selector : pattern.selectors()) {
                selector.names().stream().filter(name -> !name.startsWith("correlation:") && !rules.contains(name))
                        .forEach(unknown::add);
            }
        }

        assertThat(unknown).isEmpty();
    }

    @Test
    void everyPatternSaysWhatItIs() {
        assertThat(patterns()).allSatisfy(pattern -> {
            assertThat(pattern.description()).as(pattern.id()).isNotEmpty();
            assertThat(pattern.tactics()).as(pattern.id()).isNotEmpty();
            assertThat(pattern.groupBy()).as(pattern.id()).isNotEmpty();
        });
        assertThat(patterns()).filteredOn(pattern -> pattern.techniques().isEmpty())
                .extracting(CorrelationPattern::id).containsOnly("spread-in-namespace", "runtime-policy-enforced");
    }

    private static List<CorrelationPattern> patterns() {
        return PatternSet.of(PatternLoader.builtIn()).patterns();
    }

    private static List<Signal> signals(String steps) {
        List<Signal> signals = new ArrayList<>();
        for (String step : steps.split(" \\| ")) {
            Matcher matcher = STEP.matcher(step);
            assertThat(matcher.matches()).as(step).isTrue();
            int count = matcher.group(4) == null ? 1 : Integer.parseInt(matcher.group(4));
            for (int i = 0; i < count; i++) {
                signals.add(signal(matcher.group(2), Long.parseLong(matcher.group(1)) * 1000 + i,
                        matcher.group(3) == null ? "" : matcher.group(3), i));
            }
        }
        return signals;
    }

    private static Signal signal(String rule, long millis, String differences, int number) {
        Signal signal = SignalExamples.rule(rule, Priority.WARNING, millis);
        Map<String, String> different = new LinkedHashMap<>();
        for (String one : differences.isEmpty() ? new String[0] : differences.split(",")) {
            different.put(one.split("=")[0], one.split("=")[1].replace("#", Integer.toString(number)));
        }
        PodRef.Builder pod = PodRef.newBuilder(signal.getPod());
        different.forEach((name, value) -> {
            switch (name) {
                case "pod" -> pod.setUid(value);
                case "node" -> pod.setNode(value);
                case "kind" -> signal.setKind(SignalKind.valueOf(value));
                case "workload" -> signal.setWorkload(
                        WorkloadRef.newBuilder(signal.getWorkload()).setName(value).build());
                default -> signal.setOutputFields(new HashMap<>(Map.of(name, value)));
            }
        });
        signal.setPod(pod.build());
        return signal;
    }
}
