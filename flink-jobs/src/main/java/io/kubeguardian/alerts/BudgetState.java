package io.kubeguardian.alerts;

import io.kubeguardian.schema.Signal;
import java.util.HashMap;
import java.util.Map;

/** What was told about a workload in the window that goes on. Flink POJO. */
public final class BudgetState {
    /** Event time of its first signal, milliseconds. */
    public long start;
    /** Alerts that went out, by priority. */
    public Map<String, Integer> told = new HashMap<>();
    /** Alerts held back, by rule; bounded. */
    public Map<String, Long> held = new HashMap<>();
    /** Whom the summary is about: the first that was held back, without its evidence. Null: none was. */
    public Signal about;
}
