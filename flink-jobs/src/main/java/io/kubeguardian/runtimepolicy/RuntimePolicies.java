package io.kubeguardian.runtimepolicy;

import io.kubeguardian.detection.Types;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.RuntimePolicyCheck;
import io.kubeguardian.schema.RuntimePolicyRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The runtime policies that one subtask judges by, by their workload. What is in force is in broadcast state, as it came. */
public final class RuntimePolicies {
    public static final MapStateDescriptor<String, RuntimePolicyRecord> STATE =
            new MapStateDescriptor<>("runtime-policies", BasicTypeInfo.STRING_TYPE_INFO, Types.RUNTIME_POLICY);

    /** Of all clusters together; more are refused. */
    public static final int MOST = 5_000;

    private static final Logger LOG = LoggerFactory.getLogger(RuntimePolicies.class);

    private final Runnable refused;
    private final Map<String, AllowedBehaviour> policies = new HashMap<>();
    /** By workload, then by key. */
    private final Map<String, TreeMap<String, AllowedBehaviour>> byWorkload = new HashMap<>();
    private final Map<String, WorkloadAllowance> workloads = new HashMap<>();

    /** @param refused is told of each policy that cannot be used */
    public RuntimePolicies(Runnable refused) {
        this.refused = refused;
    }

    /** Goes on with what was in force before a restart. */
    public void restore(BroadcastState<String, RuntimePolicyRecord> state) throws Exception {
        for (Map.Entry<String, RuntimePolicyRecord> entry : state.entries()) {
            use(entry.getKey(), entry.getValue());
        }
    }

    /** @param policy null: it is taken back */
    public void apply(String key, RuntimePolicyRecord policy, BroadcastState<String, RuntimePolicyRecord> state)
            throws Exception {
        if (policy == null) {
            state.remove(key);
            AllowedBehaviour gone = policies.remove(key);
            if (gone != null) {
                remove(key, gone);
                LOG.info("event=runtime-policy-removed key={}", key);
            }
        } else if (use(key, policy)) {
            state.put(key, policy);
            LOG.info("event=runtime-policy-accepted key={} digest={} issuedBy={}", key, policy.getDigest(),
                    policy.getIssuedBy());
        }
    }

    /**
     * Puts them into force, without a state: by them is judged from the first event on.
     *
     * @throws IllegalStateException when one cannot be used
     */
    public void useAll(List<RuntimePolicyRecord> all) {
        for (RuntimePolicyRecord policy : all) {
            String key = Keys.runtimePolicy(policy.getCluster(), policy.getNamespace(), policy.getName());
            if (!use(key, policy)) {
                throw new IllegalStateException(key + " cannot be used");
            }
        }
    }

    /** Puts it into force, without a state. @return false when it cannot be used, and what was in force stays */
    public boolean use(String key, RuntimePolicyRecord policy) {
        AllowedBehaviour before = policies.get(key);
        if (before == null && policies.size() >= MOST) {
            refuse(key, "there are " + MOST + " runtime policies already");
            return false;
        }
        AllowedBehaviour compiled;
        try {
            RuntimePolicyCheck.check(policy); // state may be of a version that was less strict
            compiled = new AllowedBehaviour(policy);
        } catch (MalformedRecordException | RuntimeException e) {
            refuse(key, e.getMessage());
            return false;
        }
        if (before != null) {
            remove(key, before);
        }
        policies.put(key, compiled);
        add(key, compiled);
        return true;
    }

    private void refuse(String key, String problem) {
        refused.run();
        LOG.error("event=runtime-policy-refused key={} cause=\"{}\"", key, problem);
    }

    private void add(String key, AllowedBehaviour policy) {
        String workload = Keys.workload(policy.policy().getWorkload());
        byWorkload.computeIfAbsent(workload, name -> new TreeMap<>()).put(key, policy);
        workloads.put(workload, new WorkloadAllowance(byWorkload.get(workload).values()));
    }

    private void remove(String key, AllowedBehaviour policy) {
        String workload = Keys.workload(policy.policy().getWorkload());
        TreeMap<String, AllowedBehaviour> left = byWorkload.get(workload);
        left.remove(key);
        if (left.isEmpty()) {
            byWorkload.remove(workload);
            workloads.remove(workload);
        } else {
            workloads.put(workload, new WorkloadAllowance(left.values()));
        }
    }

    public boolean isEmpty() {
        return workloads.isEmpty();
    }

    public int size() {
        return policies.size();
    }

    /** Null: no policy is about it. @param workload as {@link Keys#workload} */
    public WorkloadAllowance of(String workload) {
        return workloads.get(workload);
    }
}
