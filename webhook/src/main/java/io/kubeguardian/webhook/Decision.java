package io.kubeguardian.webhook;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.kubeguardian.policy.Finding;
import java.util.List;
import java.util.Map;

/**
 * The answer to one request.
 *
 * @param message why it is denied, for a developer; empty when allowed
 * @param deniedBy the checks that deny; empty when allowed
 * @param warnings shown by kubectl whether allowed or not
 * @param auditAnnotations go into the API server's audit log
 * @param workload key of the workload judged; empty when the object holds no pod
 * @param findings all that checks and policies found, whether it decides or not
 * @param policies the user's own policies that were about the object
 * @param risk of the workload at the time of the decision, 0 to 100; NaN when none is known
 * @param riskUpdatedNanos when that risk was last told, nanoseconds since the Unix epoch; 0 when none is known
 * @param patch what to change in the object, JSON Patch (RFC 6902); null: nothing
 */
record Decision(
        boolean allowed, String message, List<String> deniedBy, List<String> warnings,
        Map<String, String> auditAnnotations, String workload, List<Finding> findings, List<String> policies,
        double risk, long riskUpdatedNanos, ArrayNode patch) {
    static final Decision UNTOUCHED = new Decision(
            true, "", List.of(), List.of(), Map.of(), "", List.of(), List.of(), Double.NaN, 0, null);

    /** The same, denied. @param check for {@link #deniedBy()} */
    Decision denied(String message, String check) {
        return new Decision(false, message, List.of(check), warnings, auditAnnotations, workload, findings, policies, risk,
                riskUpdatedNanos, patch);
    }

    /** The same, with a warning. */
    Decision warned(String warning) {
        return new Decision(allowed, message, deniedBy, List.of(warning), auditAnnotations, workload, findings, policies,
                risk, riskUpdatedNanos, patch);
    }
}
