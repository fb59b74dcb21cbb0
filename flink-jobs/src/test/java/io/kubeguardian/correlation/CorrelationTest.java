package io.kubeguardian.correlation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.detection.SignalExamples;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.IncidentState;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.ProcessRef;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each type of pattern matches, and what not. */
class CorrelationTest {
    private static final String ORDERED = pattern("ordered", "temporal_ordered", "[a, b, c]", "5m", "");
    private static final String ANY_ORDER = pattern("any-order", "temporal", "[a, b, c]", "5m", "");
    private static final String MANY = pattern("many", "event_count", "[a, b]", "1m", "condition: {gte: 5}");
    private static final String FEW = pattern("few", "event_count", "[a]", "1m", "condition: {gte: 2, lte: 3}");
    private static final String SPREAD =
            pattern("spread", "value_count", "[a]", "1m", "condition: {field: fd.rip, gt: 3}");
    private static final String ABSENT = pattern("absent", "not_followed_by", "[a, b]", "1m", "");

    static String pattern(String id, String type, String rules, String timespan, String more) {
        return """
                title: The %s one
                id: %s
                level: high
                tags: [attack.execution, attack.t1059.004]
                correlation:
                  type: %s
                  rules: %s
                  group-by: [k8s.pod.uid]
                  timespan: %s
                  %s
                """.formatted(id, id, type, rules, timespan, more);
    }

    static List<PatternSource> sources(String... texts) {
        List<PatternSource> sources = new ArrayList<>();
        for (String text : texts) {
            sources.add(new PatternSource("p" + sources.size() + ".yaml", text));
        }
        return sources;
    }

    static Signal signal(String rule, long seconds) {
        return SignalExamples.rule(rule, Priority.WARNING, seconds * 1000);
    }

    private static Signal to(String address, long seconds) {
        Signal signal = signal("a", seconds);
        signal.setId(signal.getId() + address);
        signal.setOutputFields(new HashMap<>(Map.of("fd.rip", address)));
        return signal;
    }

    /** The incidents of signals in the given order, as the rules at their seconds: {@code a0 b10}. */
    private static List<Incident> run(String pattern, String trace) throws Exception {
        try (CorrelationWorld world = new CorrelationWorld(sources(pattern))) {
            for (String step : trace.split(" ")) {
                world.send(signal(step.substring(0, 1), Long.parseLong(step.substring(1))));
            }
            world.time(10_000_000);
            return world.incidents();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "a0 b10 c20, 1", "c20 a0 b10, 1", "a0 c10 b20, 0", "a0 b10, 0", "a0 b200 c299, 1", "a0 b200 c300, 0",
        "a0 x5 b10 x15 c20, 1", "a0 a1 b10 b11 c20, 1", "a0 b100 c301 c310, 0", "a0 a100 b110 c310, 1"
    })
    void inOrder(String trace, int incidents) throws Exception {
        assertThat(run(ORDERED, trace)).hasSize(incidents);
    }

    @Test
    void whatAMatchUsedStartsNoOtherAndALaterStoryIsOfTheSameIncident() throws Exception {
        List<Incident> incidents = run(ORDERED, "a0 b10 c20 c30 a100 b110 c120");

        assertThat(incidents).hasSize(1);
        assertThat(incidents.get(0).getSignals()).extracting(s -> s.getEventTime() / 1_000_000 - SignalExamples.START)
                .containsExactly(0L, 10_000L, 20_000L, 30_000L, 100_000L, 110_000L, 120_000L);
    }

    @ParameterizedTest
    @CsvSource({"a0 b10 c20, 1", "c0 b10 a20, 1", "c0 a10, 0", "c0 b200 a300, 0", "c0 b200 a299, 1"})
    void inAnyOrder(String trace, int incidents) throws Exception {
        assertThat(run(ANY_ORDER, trace)).hasSize(incidents);
    }

    @Test
    void someOfTheRulesWhenAConditionSaysSo() throws Exception {
        String two = pattern("two", "temporal", "[a, b, c]", "5m", "condition: {gte: 2}");

        assertThat(run(two, "a0 a10 a20")).isEmpty();
        assertThat(run(two, "a0 c10")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"a0 a1 b2 a3 b4, 1", "a0 a1 b2 a3, 0", "a0 a1 b2 a3 a60, 0", "a0 a1 b2 a3 a59, 1"})
    void counted(String trace, int incidents) throws Exception {
        assertThat(run(MANY, trace)).hasSize(incidents);
    }

    @ParameterizedTest
    @CsvSource({"a0, 0", "a0 a1, 1", "a0 a1 a2, 1", "a0 a1 a2 a3, 0", "a0 a1 a2 a61, 1"})
    void countedWithAnUpperBoundWhenTheTimeIsOver(String trace, int incidents) throws Exception {
        assertThat(run(FEW, trace)).hasSize(incidents);
    }

    @Test
    void byDistinctValues() throws Exception {
        try (CorrelationWorld world = new CorrelationWorld(sources(SPREAD))) {
            for (int i = 0; i < 20; i++) {
                world.send(to("203.0.113." + i % 3, i));
            }
            world.time(20_000);
            assertThat(world.incidents()).isEmpty();

            world.send(to("203.0.113.77", 21));
            world.time(21_000);

            assertThat(world.incidents()).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"a0, 1", "a0 b59, 0", "a0 b60, 1", "b0 a1, 1", "a0 a30 b40, 0", "a0 a50 b55 b61, 0", "a0 b10 a50, 1"})
    void notFollowedBy(String trace, int incidents) throws Exception {
        assertThat(run(ABSENT, trace)).hasSize(incidents);
    }

    @Test
    void twoThatAreNotFollowedByAThird() throws Exception {
        String pattern = pattern("absent", "not_followed_by", "[a, b, c]", "1m", "");

        assertThat(run(pattern, "a0 b10")).hasSize(1);
        assertThat(run(pattern, "b0 a10")).isEmpty();
        assertThat(run(pattern, "a0 b10 c20")).isEmpty();
        assertThat(run(pattern, "a0 c5 b10")).hasSize(1);
    }

    @Test
    void anAbsentSignalOfAFloodIsStillThere() throws Exception {
        try (CorrelationWorld world = new CorrelationWorld(sources(ABSENT))) {
            for (int i = 0; i < 30; i++) {
                world.send(SignalExamples.rule("b", Priority.WARNING, i * 10));
            }
            world.send(SignalExamples.rule("a", Priority.WARNING, 295));
            world.send(SignalExamples.rule("b", Priority.WARNING, 300)); // thinned
            world.time(1_000_000);

            assertThat(world.incidents()).isEmpty();
        }
    }

    @Test
    void atTheEndOfAReplayNothingIsAbsent() throws Exception {
        try (CorrelationWorld world = new CorrelationWorld(sources(ABSENT))) {
            world.send(signal("a", 0));
            world.time(Long.MAX_VALUE);

            assertThat(world.told()).isEmpty();
        }
    }

    @Test
    void kindsAndWildcards() throws Exception {
        String pattern = pattern("kinds", "temporal_ordered", "['drift.*', 'kind:anomaly', 'kind:intel']", "5m", "");
        try (CorrelationWorld world = new CorrelationWorld(sources(pattern))) {
            world.send(signal("drift.connect", 0));
            Signal anomaly = signal("whatever a model is called", 1);
            anomaly.setKind(SignalKind.ANOMALY);
            world.send(anomaly);
            Signal intel = signal("some list", 2);
            intel.setKind(SignalKind.INTEL);
            world.send(intel);
            world.time(10_000);

            assertThat(world.incidents()).hasSize(1);
        }
    }

    @Test
    void onlyWhatHasTheSameValuesBelongsTogether() throws Exception {
        try (CorrelationWorld world = new CorrelationWorld(sources(ORDERED))) {
            world.send(signal("a", 0));
            Signal elsewhere = signal("b", 1);
            elsewhere.setPod(io.kubeguardian.schema.PodRef.newBuilder(elsewhere.getPod()).setUid("other").build());
            world.send(elsewhere);
            world.send(signal("c", 2));
            world.time(10_000);

            assertThat(world.incidents()).isEmpty();
        }
    }

    @Test
    void aProcessTreeIsWhatTheServerStartedOnOneOccasion() throws Exception {
        String pattern = ORDERED.replace("k8s.pod.uid", "process.tree");
        try (CorrelationWorld world = new CorrelationWorld(sources(pattern))) {
            for (int pid : new int[] {200, 300}) {
                world.send(by(pid, "a", 0));
            }
            world.send(by(200, "b", 1)); // by a child of that one
            world.send(by(300, "c", 2));
            world.time(2_000);
            assertThat(world.incidents()).isEmpty();

            world.send(by(200, "c", 3));
            world.time(3_000);
            assertThat(world.incidents()).hasSize(1);
        }
    }

    /** By a shell of this pid that the server started; b by a child of it. */
    private static Signal by(int pid, String rule, long seconds) {
        Signal signal = signal(rule, seconds);
        signal.setId(rule + pid);
        ProcessRef shell = ProcessRef.newBuilder(signal.getProcess()).setPid(pid).build();
        if (rule.equals("b")) {
            signal.setProcess(ProcessRef.newBuilder(shell).setPid(pid + 1).build());
            signal.getAncestors().add(0, shell);
        } else {
            signal.setProcess(shell);
        }
        return signal;
    }

    @Test
    void aliasesJoinFieldsOfDifferentNames() throws Exception {
        String pattern = """
                title: Same address, in and out
                id: in-out
                correlation:
                  type: temporal
                  rules: [a, b]
                  group-by: [peer]
                  aliases:
                    peer: {a: fd.rip, b: fd.lip}
                  timespan: 1m
                """;
        try (CorrelationWorld world = new CorrelationWorld(sources(pattern))) {
            world.send(to("203.0.113.9", 0));
            Signal other = signal("b", 1);
            other.setOutputFields(new HashMap<>(Map.of("fd.lip", "203.0.113.8")));
            world.send(other);
            world.time(1_000);
            assertThat(world.incidents()).isEmpty();

            Signal same = signal("b", 2);
            same.setOutputFields(new HashMap<>(Map.of("fd.lip", "203.0.113.9")));
            world.send(same);
            world.time(2_000);

            assertThat(world.incidents()).hasSize(1);
            assertThat(world.incidents().get(0).getEntity()).isEqualTo("peer=203.0.113.9");
        }
    }

    @Test
    void aCorrelationOfACorrelation() throws Exception {
        String chain = """
                title: Many
                name: many_a
                correlation: {type: event_count, rules: [a], group-by: [k8s.pod.uid], timespan: 1m, condition: {gte: 3}}
                ---
                title: Many, then b
                id: many-then-b
                level: critical
                correlation: {type: temporal_ordered, rules: [many_a, b], group-by: [node], timespan: 1h}
                """;
        assertThat(run(chain, "a0 a1 b2")).isEmpty();

        List<Incident> incidents = run(chain, "a0 a1 a2 b3");

        assertThat(incidents).hasSize(1); // the inner one makes none of its own
        assertThat(incidents.get(0).getTitle()).isEqualTo("Many, then b");
        assertThat(incidents.get(0).getSignals()).extracting(Signal::getRule).containsExactly("a", "a", "a", "b");
    }

    @Test
    void shuffledWithinTheBoundItGivesTheSameIncidents() throws Exception {
        List<PatternSource> patterns = sources(ORDERED, ANY_ORDER, MANY, FEW, SPREAD, ABSENT,
                pattern("many-many", "event_count", "[c]", "10m", "condition: {gte: 40}"));
        for (int seed = 0; seed < 5; seed++) {
            Random random = new Random(seed);
            List<Signal> signals = new ArrayList<>();
            for (int i = 0; i < 600; i++) {
                Signal signal = SignalExamples.rule(String.valueOf((char) ('a' + random.nextInt(4))), Priority.WARNING,
                        i * 700L + random.nextInt(300));
                signal.setOutputFields(new HashMap<>(Map.of("fd.rip", "203.0.113." + random.nextInt(6))));
                signals.add(signal);
            }
            List<Incident> ordered = replay(patterns, signals, 1, random);

            List<Incident> shuffled = replay(patterns, signals, 16, random);

            assertThat(ordered).isNotEmpty();
            assertThat(shuffled).extracting(CorrelationTest::content)
                    .containsExactlyInAnyOrderElementsOf(ordered.stream().map(CorrelationTest::content).toList());
        }
    }

    /** Each block of so many signals in any order, then its time. */
    private static List<Incident> replay(List<PatternSource> patterns, List<Signal> signals, int block, Random random)
            throws Exception {
        try (CorrelationWorld world = new CorrelationWorld(patterns)) {
            for (int from = 0; from < signals.size(); from += block) {
                List<Signal> some = new ArrayList<>(signals.subList(from, Math.min(signals.size(), from + block)));
                Collections.shuffle(some, random);
                for (Signal signal : some) {
                    world.send(signal);
                }
                long last = signals.get(Math.min(signals.size(), from + block) - 1).getEventTime() / 1_000_000;
                world.time(last - SignalExamples.START);
            }
            world.time(10_000_000);
            assertThat(world.incidents()).extracting(Incident::getState).containsOnly(IncidentState.CLOSED);
            return world.incidents();
        }
    }

    /** All but when and how often it was told. */
    private static Incident content(Incident incident) {
        return Incident.newBuilder(incident).setRevision(0).build();
    }
}
