package io.kubeguardian.policy.user;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.policy.BuiltInChecks;
import io.kubeguardian.policy.Node;
import io.kubeguardian.schema.AdmissionPolicyRecord;
import io.kubeguardian.schema.CheckExceptionRecord;
import io.kubeguardian.schema.PolicyExemption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * An admission policy as {@code kubeguardian.policies} has it: what the controller checks before it publishes, and what
 * webhooks make of a record. Thread safe.
 */
public final class PublishedPolicy {
    /** Most exemptions that a policy may have, those of exceptions included. */
    public static final int MOST_EXEMPTIONS = 64;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final PolicyReader reader = new PolicyReader();

    /**
     * The policy, exempting also whom its exceptions name.
     *
     * @throws PolicyException when it is no policy
     */
    public UserPolicy of(AdmissionPolicyRecord record) throws PolicyException {
        ObjectNode policy = object(record.getSource(), record.getPolicy());
        JsonNode own = policy.path("exemptions");
        if (!own.isMissingNode() && !own.isArray()) {
            throw new PolicyException(record.getSource() + ": exemptions must be a list");
        }
        for (PolicyExemption exception : record.getExceptions()) {
            policy.withArray("exemptions").add(object("PolicyException/" + exception.getName(), exception.getExemption()));
        }
        UserPolicy read = policy(record.getSource(), policy);
        if (!read.name().equals(record.getName())) {
            throw new PolicyException(record.getSource() + ": holds policy " + read.name() + ", not " + record.getName());
        }
        return read;
    }

    /**
     * What a PolicyException says of built-in checks.
     *
     * @throws PolicyException when it is none, or names a check that there is not
     */
    public CheckException of(CheckExceptionRecord record) throws PolicyException {
        String source = "PolicyException/" + record.getName();
        checkNames(source, record.getChecks());
        return new CheckException(Set.copyOf(record.getChecks()),
                new MatchReader(source).exemptions(List.of(Node.of(object(source, record.getExemption())))));
    }

    /** @throws PolicyException when one of them is no built-in check's id */
    public static void checkNames(String source, Collection<String> checks) throws PolicyException {
        for (String check : checks) {
            if (BuiltInChecks.all().stream().noneMatch(each -> each.info().id().equals(check))) {
                throw new PolicyException(source + ": there is no built-in check " + check + "; docs/checks.md lists them");
            }
        }
    }

    /** @param policy as a policy file has it */
    public UserPolicy policy(String source, JsonNode policy) throws PolicyException {
        return reader.single(source, Node.of(policy));
    }

    /** Checks an entry of a policy's exemptions. */
    public void checkExemption(String source, JsonNode exemption) throws PolicyException {
        new MatchReader(source).exemptions(List.of(Node.of(exemption)));
    }

    private static ObjectNode object(String source, ByteBuffer json) throws PolicyException {
        byte[] bytes = new byte[json.remaining()];
        json.duplicate().get(bytes);
        try {
            if (JSON.readTree(bytes) instanceof ObjectNode object) {
                return object;
            }
            throw new PolicyException(source + ": must be a JSON object");
        } catch (IOException e) {
            throw new PolicyException(source + ": not JSON: " + e.getMessage(), e);
        }
    }
}
