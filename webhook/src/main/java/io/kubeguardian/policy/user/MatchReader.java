package io.kubeguardian.policy.user;

import io.kubeguardian.policy.Node;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Reads what policies and their exemptions are about. */
final class MatchReader {
    private static final Set<String> KEYS = Set.of("kinds", "namespaces", "excludeNamespaces", "names", "labels",
            "namespaceLabels", "operations", "users", "groups", "excludeUsers");
    private static final Set<String> EXEMPTION_KEYS = Set.of("kinds", "namespaces", "excludeNamespaces", "names",
            "labels", "namespaceLabels", "users", "groups", "excludeUsers", "until", "reason");
    private static final Set<String> OPERATIONS = Set.of("CREATE", "UPDATE", "DELETE", "CONNECT");
    /** Most names of one list: each is compared with at every request. */
    private static final int MOST_NAMES = 500;

    private final String where;

    MatchReader(String where) {
        this.where = where;
    }

    Match match(Node node) throws PolicyException {
        return node.isPresent() ? match(new Fields(where, "match", node, KEYS), List.of())
                : match(new Fields(where, "match", Node.object(java.util.Map.of()), KEYS), List.of());
    }

    private Match match(Fields fields, List<String> kindsOtherwise) throws PolicyException {
        List<String> kinds = names(fields, "kinds");
        List<String> operations = new ArrayList<>();
        for (String operation : fields.texts("operations")) {
            String name = operation.toUpperCase(Locale.ROOT);
            if (!OPERATIONS.contains(name) && !name.equals("*")) {
                throw fields.error(fields.get("operations"),
                        "operation " + operation + " is none of CREATE, UPDATE, DELETE, CONNECT, *");
            }
            operations.add(name);
        }
        if (operations.contains("*")) {
            operations.clear();
            operations.addAll(OPERATIONS);
        }
        return new Match(kinds.isEmpty() ? kindsOtherwise : kinds, globs(fields, "namespaces"),
                globs(fields, "excludeNamespaces"), globs(fields, "names"), selector(fields, "labels"),
                selector(fields, "namespaceLabels"), List.copyOf(operations), globs(fields, "users"),
                globs(fields, "groups"), globs(fields, "excludeUsers"));
    }

    List<Exemption> exemptions(List<Node> nodes) throws PolicyException {
        List<Exemption> exemptions = new ArrayList<>();
        for (Node node : nodes) {
            Fields fields = new Fields(where, "an exemption", node, EXEMPTION_KEYS);
            String reason = fields.required("reason");
            String until = fields.text("until");
            LocalDate last = null;
            if (until != null) {
                try {
                    last = LocalDate.parse(until);
                } catch (DateTimeParseException e) {
                    throw fields.error(fields.get("until"), "until " + until + " is no date such as 2027-01-31");
                }
            }
            if (node.size() <= (until == null ? 1 : 2)) {
                throw fields.error(node, "an exemption without kinds, namespaces, names, labels, users or groups would "
                        + "exempt everything; to switch a policy off, remove it");
            }
            exemptions.add(new Exemption(match(fields, List.of("*")), last, reason));
        }
        return exemptions;
    }

    private List<String> names(Fields fields, String key) throws PolicyException {
        List<String> names = fields.texts(key);
        for (String name : names) {
            if (name.length() > 253) {
                throw fields.error(fields.get(key), key + " holds a name of more than 253 characters");
            }
        }
        if (names.size() > MOST_NAMES) {
            throw fields.error(fields.get(key), key + " has " + names.size() + " entries, may have " + MOST_NAMES);
        }
        return names;
    }

    private Globs globs(Fields fields, String key) throws PolicyException {
        List<String> names = names(fields, key);
        for (String name : names) {
            if (name.chars().filter(c -> c == '*').count() > 4) {
                throw fields.error(fields.get(key), key + ": " + name + " has more than four stars");
            }
        }
        return new Globs(names);
    }

    /** Kubernetes' form, or {@code key: value} pairs alone. */
    private LabelSelector selector(Fields fields, String key) throws PolicyException {
        Node node = fields.get(key);
        if (!node.isPresent()) {
            return LabelSelector.ALL;
        }
        if (!node.isObject()) {
            throw fields.error(node, key + " must be labels (key: value), or matchLabels and matchExpressions");
        }
        List<LabelSelector.Requirement> all = new ArrayList<>();
        boolean full = node.get("matchLabels").isPresent() || node.get("matchExpressions").isPresent();
        Node labels = full ? node.get("matchLabels") : node;
        for (int i = 0; i < labels.size(); i++) {
            all.add(new LabelSelector.Requirement(labels.name(i), "In", List.of(labels.at(i).scalarText())));
        }
        if (full) {
            for (Node expression : new Fields(where, key, node, Set.of("matchLabels", "matchExpressions"))
                    .list("matchExpressions")) {
                Fields one = new Fields(where, "matchExpressions", expression, Set.of("key", "operator", "values"));
                String operator = one.required("operator");
                if (!LabelSelector.OPERATORS.contains(operator)) {
                    throw one.error(expression, "operator " + operator + " is none of "
                            + String.join(", ", LabelSelector.OPERATORS));
                }
                all.add(new LabelSelector.Requirement(one.required("key"), operator, one.texts("values")));
            }
        }
        return new LabelSelector(all);
    }
}
