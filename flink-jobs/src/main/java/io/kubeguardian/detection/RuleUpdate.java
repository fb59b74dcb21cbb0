package io.kubeguardian.detection;

import io.kubeguardian.schema.RuleBundle;

/** What every subtask is told about rules, or about patterns. Flink POJO. */
public final class RuleUpdate {
    /** The bundle that shall run from now on; null: time has passed. */
    public RuleBundle bundle;

    public RuleUpdate() {}

    public RuleUpdate(RuleBundle bundle) {
        this.bundle = bundle;
    }
}
