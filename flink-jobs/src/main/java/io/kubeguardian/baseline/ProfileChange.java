package io.kubeguardian.baseline;

import io.kubeguardian.schema.ProfilePolicy;

/** An operator's word on its way to the workload it is about. Flink POJO. */
public final class ProfileChange {
    /** {@link io.kubeguardian.schema.Keys#workload}. */
    public String key = "";
    public ProfilePolicy policy;

    public ProfileChange() {}

    public ProfileChange(String key, ProfilePolicy policy) {
        this.key = key;
        this.policy = policy;
    }
}
