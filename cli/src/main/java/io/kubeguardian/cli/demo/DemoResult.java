package io.kubeguardian.cli.demo;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the demo found, as {@code --json} writes it. */
final class DemoResult {
    /** @param state ok, failed, or not-possible (not counted as done, nor against the demo) */
    record Check(String name, String state, String detail) {}

    /** LIVE: this machine's kernel; REPLAYED: a capture that the sensor once made. */
    enum Mode { LIVE, REPLAYED }

    @JsonProperty
    private final Mode mode;

    @JsonProperty
    private final String kernel = System.getProperty("os.version");

    @JsonProperty
    private final Map<String, Object> stack = new LinkedHashMap<>();

    @JsonProperty
    private final List<Check> checks = new ArrayList<>();

    /** Milliseconds from the event to its consequence, all on this machine's clock. */
    @JsonProperty("times_ms")
    private final Map<String, Double> times = new LinkedHashMap<>();

    @JsonProperty
    private final Map<String, Object> figures = new LinkedHashMap<>();

    @JsonProperty
    private final List<Map<String, Object>> signals = new ArrayList<>();

    @JsonProperty
    private Map<String, Object> incident = Map.of();

    @JsonProperty
    private Map<String, Object> risk = Map.of();

    @JsonProperty
    private String denial = "";

    DemoResult(Mode mode) {
        this.mode = mode;
    }

    Mode mode() {
        return mode;
    }

    void check(String name, boolean passed, String detail) {
        checks.add(new Check(name, passed ? "ok" : "failed", detail));
    }

    void notPossible(String name, String detail) {
        checks.add(new Check(name, "not-possible", detail));
    }

    void stack(String name, Object value) {
        stack.put(name, value);
    }

    void time(String name, double millis) {
        times.put(name, Math.round(millis * 10) / 10.0);
    }

    void figure(String name, Object value) {
        figures.put(name, value);
    }

    void signal(Map<String, Object> signal) {
        signals.add(signal);
    }

    void incident(Map<String, Object> value) {
        incident = value;
    }

    void risk(Map<String, Object> value) {
        risk = value;
    }

    void denial(String reason) {
        denial = reason;
    }

    List<Check> checks() {
        return checks;
    }

    Map<String, Double> times() {
        return times;
    }

    Map<String, Object> figures() {
        return figures;
    }

    /** True when nothing that this mode can do has failed. */
    @JsonProperty("passed")
    boolean passed() {
        return !checks.isEmpty() && checks.stream().noneMatch(c -> c.state().equals("failed"));
    }
}
