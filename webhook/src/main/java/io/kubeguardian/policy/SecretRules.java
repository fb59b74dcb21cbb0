package io.kubeguardian.policy;

import java.util.List;

/** Secrets where everybody reads them. A finding says where and of what shape a secret is, and never the secret. */
final class SecretRules {
    private SecretRules() {}

    static List<Check> checks() {
        return List.of(
                Rule.containers("secret-in-env", SecretRules::environment),
                Rule.containers("secret-in-args", SecretRules::arguments),
                Rule.of("secret-in-configmap", m -> m.is("", "ConfigMap"), SecretRules::configMap),
                Rule.containers("secret-as-env", SecretRules::references));
    }

    private static void environment(PodSpec.Container container, Findings findings) {
        Node env = container.node().get("env");
        for (int i = 0; env.isArray() && i < env.size(); i++) {
            String name = env.at(i).get("name").text();
            String shape = SecretShapes.ofValue(name, env.at(i).get("value").scalarText());
            if (!shape.isEmpty()) {
                findings.add(container.path("env[" + i + "].value"), env.at(i).get("value"),
                        "variable " + name + " of " + container.label() + " holds " + shape);
            }
        }
    }

    private static void arguments(PodSpec.Container container, Findings findings) {
        for (String field : List.of("command", "args")) {
            Node words = container.node().get(field);
            String before = "";
            for (int i = 0; words.isArray() && i < words.size(); i++) {
                String word = words.at(i).text();
                String shape = SecretShapes.ofArgument(before, word);
                if (!shape.isEmpty()) {
                    findings.add(container.path(field + '[' + i + ']'), words.at(i),
                            field + '[' + i + "] of " + container.label() + " holds " + shape);
                }
                before = word;
            }
        }
    }

    private static void configMap(Manifest manifest, Findings findings) {
        Node data = manifest.root().get("data");
        for (int i = 0; data.isObject() && i < data.size(); i++) {
            String shape = SecretShapes.ofText(data.name(i), data.at(i).text());
            if (!shape.isEmpty()) {
                findings.add(Paths.field("data", data.name(i)), data.at(i),
                        "ConfigMap \"" + manifest.name() + "\" holds " + shape + " in " + data.name(i));
            }
        }
    }

    private static void references(PodSpec.Container container, Findings findings) {
        Node env = container.node().get("env");
        for (int i = 0; env.isArray() && i < env.size(); i++) {
            if (env.at(i).get("valueFrom").get("secretKeyRef").isPresent()) {
                findings.add(container.path("env[" + i + "].valueFrom.secretKeyRef"), env.at(i),
                        "variable " + env.at(i).get("name").text() + " of " + container.label() + " comes from a Secret");
            }
        }
        Node from = container.node().get("envFrom");
        for (int i = 0; from.isArray() && i < from.size(); i++) {
            if (from.at(i).get("secretRef").isPresent()) {
                findings.add(container.path("envFrom[" + i + "].secretRef"), from.at(i),
                        "the variables of " + container.label() + " come from Secret "
                                + from.at(i).get("secretRef").get("name").text());
            }
        }
    }
}
