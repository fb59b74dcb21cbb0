package io.kubeguardian.policy.user;

import io.kubeguardian.policy.CheckInfo;
import io.kubeguardian.policy.Node;
import io.kubeguardian.policy.Severity;
import io.kubeguardian.policy.cel.Expression;
import io.kubeguardian.policy.cel.ExpressionException;
import io.kubeguardian.policy.cel.KubernetesCel;
import io.kubeguardian.policy.manifest.ManifestReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads policies of the user's own: a file with {@code policies}, an AdmissionPolicy, a ConfigMap whose values are such
 * files, or a List of these. A file loads whole or not at all. Format: docs/policies.md.
 */
public final class PolicyReader {
    /** Group and version of KubeGuardian's own kinds. */
    public static final String API_VERSION = "kubeguardian.io/v1alpha1";

    private static final Set<String> KEYS = Set.of("name", "description", "severity", "action", "message",
            "remediation", "match", "exemptions", "params", "variables", "matchConditions", "conditions", "validations",
            "set", "failurePolicy");
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?");
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}");
    private static final Pattern CONTAINER = Pattern.compile("\\bcontainer\\b");
    /** Most expressions of each list of a policy. */
    private static final int MOST = 64;
    private static final int MOST_POLICIES = 5000;

    private enum FailurePolicy { FAIL, IGNORE }

    private final KubernetesCel cel = new KubernetesCel();
    private final Map<String, String> places = new HashMap<>();

    /**
     * A policy and what it was read from.
     *
     * @param node as a policy file has it, its name among the keys
     */
    public record Source(UserPolicy policy, Node node) {}

    /**
     * The policies of one file. Names must be unique among all that one reader reads.
     *
     * @param file for error messages
     */
    public List<UserPolicy> read(String file, byte[] bytes) throws PolicyException {
        return sources(file, bytes).stream().map(Source::policy).toList();
    }

    /** As {@link #read(String, byte[])}, with what each was read from. */
    public List<Source> sources(String file, byte[] bytes) throws PolicyException {
        List<Source> policies = new ArrayList<>();
        read(file, bytes, policies, true);
        if (policies.isEmpty()) {
            throw new PolicyException(file + ":1: holds no policy; write policies: and a list, or an AdmissionPolicy of "
                    + API_VERSION);
        }
        return policies;
    }

    /** One policy as a policy file has it, apart from all others: its name may be any. Thread safe. */
    public UserPolicy single(String file, Node policy) throws PolicyException {
        return policy(file, policy, null);
    }

    /** The policy of an AdmissionPolicy. */
    public UserPolicy resource(String file, Node resource) throws PolicyException {
        Node name = resource.get("metadata").get("name");
        return policy(file, resource.get("spec"), name.text());
    }

    private void read(String file, byte[] bytes, List<Source> policies, boolean outermost) throws PolicyException {
        ManifestReader.Content content = new ManifestReader().read(bytes);
        if (!content.problems().isEmpty()) {
            ManifestReader.Problem first = content.problems().get(0);
            throw new PolicyException(file + ':' + Math.max(1, first.line()) + ": " + first.message());
        }
        for (ManifestReader.Document document : content.documents()) {
            read(file, document.root(), policies, outermost);
        }
    }

    private void read(String file, Node root, List<Source> policies, boolean outermost) throws PolicyException {
        String kind = root.get("kind").text();
        if (kind.equals("AdmissionPolicy")) {
            UserPolicy policy = resource(file, root);
            add(policies, new Source(policy, named(policy.name(), root.get("spec"))), root, file);
        } else if (outermost && kind.endsWith("List") && root.get("items").isArray()) {
            for (Node item : root.get("items")) {
                read(file, item, policies, false);
            }
        } else if (outermost && kind.equals("ConfigMap")) {
            Node data = root.get("data");
            for (int i = 0; i < data.size(); i++) {
                String inner = file + '[' + data.name(i) + ']';
                read(inner, data.at(i).text().getBytes(StandardCharsets.UTF_8), policies, false);
            }
        } else {
            Fields top = new Fields(file, "a policy file", root, Set.of("policies"));
            for (Node each : top.list("policies")) {
                add(policies, new Source(policy(file, each, null), each), each, file);
            }
        }
    }

    /** A specification as a policy file has it. */
    private static Node named(String name, Node spec) {
        List<String> names = new ArrayList<>(List.of("name"));
        List<Node> values = new ArrayList<>(List.of(Node.string(name)));
        for (int i = 0; i < spec.size(); i++) {
            if (!spec.name(i).equals("name")) {
                names.add(spec.name(i));
                values.add(spec.at(i));
            }
        }
        return Node.object(names, values, spec.line());
    }

    private void add(List<Source> policies, Source source, Node at, String file) throws PolicyException {
        UserPolicy policy = source.policy();
        String place = file + ':' + Math.max(1, at.line());
        String before = places.put(policy.name(), place);
        if (before != null) {
            throw new PolicyException(place + ": policy " + policy.name() + " stands at " + before + " already");
        }
        if (places.size() > MOST_POLICIES) {
            throw new PolicyException(place + ": more than " + MOST_POLICIES + " policies");
        }
        policies.add(source);
    }

    private UserPolicy policy(String file, Node node, String resourceName) throws PolicyException {
        Fields fields = new Fields(file, "a policy", node, KEYS);
        String name = resourceName == null ? fields.required("name") : resourceName;
        if (!NAME.matcher(name).matches()) {
            throw fields.error(fields.get("name"), "name " + name + " must be lower-case letters, digits, - and .");
        }
        try {
            return policy(file, fields, name);
        } catch (PolicyException e) {
            // The line says where; the name says which, in a ConfigMap of many.
            throw new PolicyException(e.getMessage() + " (policy " + name + ')', e);
        }
    }

    private UserPolicy policy(String file, Fields fields, String name) throws PolicyException {
        PolicyAction action = fields.word("action", PolicyAction.class, PolicyAction.DENY);
        String description = orElse(fields.text("description"), name);
        String message = orElse(fields.text("message"), description);
        CheckInfo info = new CheckInfo(name, description, fields.word("severity", Severity.class, Severity.HIGH), message,
                orElse(fields.text("remediation"), "Change the field, or ask for an exemption of policy " + name + '.'),
                List.of());
        MatchReader match = new MatchReader(file);
        Map<String, Expression> variables = variables(fields, file);
        List<Expression> matchConditions = new ArrayList<>();
        for (Node each : some(fields, "matchConditions")) {
            Fields one = new Fields(file, "a match condition", each, Set.of("name", "expression"));
            matchConditions.add(compile(one, "expression", cel::condition));
        }
        List<Condition> conditions = conditions(fields, file);
        List<Validation> validations = validations(fields, file);
        List<Mutation> mutations = mutations(fields, file);
        if (action == PolicyAction.MUTATE ? mutations.isEmpty() || !validations.isEmpty() : !mutations.isEmpty()) {
            throw fields.error(fields.node(), action == PolicyAction.MUTATE
                    ? "action mutate needs set, and conditions or none, but no validations" : "set needs action mutate");
        }
        if (action != PolicyAction.MUTATE && conditions.isEmpty() == validations.isEmpty()) {
            throw fields.error(fields.node(), conditions.isEmpty() ? "needs conditions or validations"
                    : "has conditions and validations; write the conditions as matchConditions, or two policies");
        }
        return new UserPolicy(info, action, match.match(fields.get("match")), match.exemptions(some(fields, "exemptions")),
                fields.get("params"), variables, matchConditions, conditions, validations, mutations,
                fields.word("failurePolicy", FailurePolicy.class, FailurePolicy.FAIL) == FailurePolicy.IGNORE);
    }

    private static String orElse(String text, String otherwise) {
        return text == null ? otherwise : text;
    }

    private List<Node> some(Fields fields, String key) throws PolicyException {
        List<Node> list = fields.list(key);
        if (list.size() > MOST) {
            throw fields.error(fields.get(key), key + " has " + list.size() + " entries, may have " + MOST);
        }
        return list;
    }

    private Map<String, Expression> variables(Fields fields, String file) throws PolicyException {
        Map<String, Expression> variables = new LinkedHashMap<>();
        for (Node each : some(fields, "variables")) {
            Fields one = new Fields(file, "a variable", each, Set.of("name", "expression"));
            String variable = one.required("name");
            if (!VARIABLE.matcher(variable).matches()) {
                throw one.error(each, "variable " + variable + " must be letters, digits and _");
            }
            if (variables.put(variable, compile(one, "expression", cel::value)) != null) {
                throw one.error(each, "variable " + variable + " stands twice");
            }
        }
        return variables;
    }

    private List<Condition> conditions(Fields fields, String file) throws PolicyException {
        List<Condition> conditions = new ArrayList<>();
        for (Node each : some(fields, "conditions")) {
            Fields one = new Fields(file, "a condition", each, Set.of("field", "operator", "value"));
            String name = one.required("operator");
            Operator operator = Operator.named(name).orElseThrow(() ->
                    one.error(one.get("operator"), "operator " + name + " is none of " + Operator.all()));
            try {
                conditions.add(new Condition(FieldPath.parse(one.required("field")), operator, one.get("value"), cel));
            } catch (IllegalArgumentException | ExpressionException e) {
                throw one.error(each, e.getMessage());
            }
        }
        return conditions;
    }

    private List<Validation> validations(Fields fields, String file) throws PolicyException {
        List<Validation> validations = new ArrayList<>();
        for (Node each : some(fields, "validations")) {
            Fields one = new Fields(file, "a validation", each,
                    Set.of("expression", "message", "messageExpression", "field"));
            Expression expression = compile(one, "expression", cel::condition);
            validations.add(new Validation(expression, one.text("message"),
                    one.get("messageExpression").isPresent() ? compile(one, "messageExpression", cel::text) : null,
                    one.get("field").isPresent() ? path(one) : null,
                    CONTAINER.matcher(expression.text()).find()));
        }
        return validations;
    }

    private List<Mutation> mutations(Fields fields, String file) throws PolicyException {
        List<Mutation> mutations = new ArrayList<>();
        for (Node each : some(fields, "set")) {
            Fields one = new Fields(file, "set", each, Set.of("in", "field", "value", "expression"));
            FieldPath path = path(one);
            if (path.hasEach()) {
                throw one.error(each, "set of [*] is not possible; name one field");
            }
            Node value = one.get("value");
            if (value.isPresent() == one.get("expression").isPresent()) {
                throw one.error(each, "set needs value or expression, one of them");
            }
            mutations.add(new Mutation(one.word("in", Scope.Part.class, null), path, value.isPresent() ? value : null,
                    value.isPresent() ? null : compile(one, "expression", cel::value)));
        }
        return mutations;
    }

    private static FieldPath path(Fields fields) throws PolicyException {
        try {
            return FieldPath.parse(fields.required("field"));
        } catch (IllegalArgumentException e) {
            throw fields.error(fields.get("field"), e.getMessage());
        }
    }

    private interface Compiler {
        Expression compile(String text) throws ExpressionException;
    }

    private static Expression compile(Fields fields, String key, Compiler compiler) throws PolicyException {
        String text = fields.required(key);
        try {
            return compiler.compile(text);
        } catch (ExpressionException e) {
            throw fields.error(fields.get(key), key + ": " + e.getMessage());
        }
    }
}
