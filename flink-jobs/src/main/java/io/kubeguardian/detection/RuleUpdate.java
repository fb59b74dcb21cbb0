package io.kubeguardian.detection;

import io.kubeguardian.schema.RuleBundle;
import io.kubeguardian.schema.RuntimePolicyRecord;

/** What every subtask is told about rules, about patterns, or about a runtime policy. Flink POJO. */
public final class RuleUpdate {
    /** The bundle that shall run from now on; null: none came. */
    public RuleBundle bundle;
    /** Of the runtime policy that is set or taken back; empty: it is about none. Without both, time has passed. */
    public String policyKey = "";
    /** Null: it is taken back. */
    public RuntimePolicyRecord policy;

    public RuleUpdate() {}

    public RuleUpdate(RuleBundle bundle) {
        this.bundle = bundle;
    }

    /** @param policy null: it is taken back */
    public RuleUpdate(String policyKey, RuntimePolicyRecord policy) {
        this.policyKey = policyKey;
        this.policy = policy;
    }
}
