package io.kubeguardian.controller;

import com.fasterxml.jackson.databind.JsonNode;
import io.kubeguardian.policy.user.PolicyException;
import io.kubeguardian.policy.user.PublishedPolicy;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which policies were found valid before: compiling CEL costs, and most policies never change. */
final class PolicyCache {
    private static final int MOST = 2 * PolicyPlan.MOST_POLICIES;

    private final PublishedPolicy reader = new PublishedPolicy();
    private final Map<String, Boolean> valid = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST;
        }
    };

    /** @throws PolicyException when webhooks could not read it */
    void check(String source, JsonNode policy, byte[] json) throws PolicyException {
        String digest = Json.digest(List.of(json));
        if (!valid.containsKey(digest)) {
            reader.policy(source, policy);
            valid.put(digest, true);
        }
    }

    void checkExemption(String source, JsonNode exemption) throws PolicyException {
        reader.checkExemption(source, exemption);
    }

    /** How many exemptions a published policy has of its own. */
    int exemptions(byte[] policy) {
        try {
            return Json.MAPPER.readTree(policy).path("exemptions").size();
        } catch (IOException e) {
            return PublishedPolicy.MOST_EXEMPTIONS;
        }
    }
}
