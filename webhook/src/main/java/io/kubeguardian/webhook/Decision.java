package io.kubeguardian.webhook;

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
 */
record Decision(
        boolean allowed, String message, List<String> deniedBy, List<String> warnings,
        Map<String, String> auditAnnotations, String workload) {
    static final Decision UNTOUCHED = new Decision(true, "", List.of(), List.of(), Map.of(), "");
}
