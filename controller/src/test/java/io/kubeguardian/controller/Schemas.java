package io.kubeguardian.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.kubeguardian.policy.Node;
import io.kubeguardian.policy.cel.CelInput;
import io.kubeguardian.policy.cel.ExpressionException;
import io.kubeguardian.policy.cel.KubernetesCel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What an API server checks of a CustomResourceDefinition's schema, and of objects by it, as far as ours use it: structural
 * schemas (Kubernetes' "Extend the Kubernetes API with CustomResourceDefinitions", Specifying a structural schema), the
 * value validations, fields that would be pruned, and {@code x-kubernetes-validations}.
 */
final class Schemas {
    static final Path FOLDER = Path.of("../deploy/k8s/crds");
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Set<String> KNOWN = Set.of("type", "description", "properties", "required", "items", "enum", "pattern",
            "minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum", "format", "default", "additionalProperties",
            "maxProperties", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-validations", "x-kubernetes-list-type",
            "x-kubernetes-list-map-keys");
    private static final KubernetesCel CEL = new KubernetesCel(List.of("self", "oldSelf"));

    private Schemas() {}

    static JsonNode read(String plural) throws IOException {
        return YAML.readTree(FOLDER.resolve(plural + ".yaml").toFile());
    }

    static JsonNode schema(String plural) throws IOException {
        return read(plural).at("/spec/versions/0/schema/openAPIV3Schema");
    }

    /** What is not structural, by path. */
    static List<String> structural(JsonNode schema, String path) {
        List<String> problems = new ArrayList<>();
        schema.fieldNames().forEachRemaining(name -> {
            if (!KNOWN.contains(name)) {
                problems.add(path + ": unknown " + name);
            }
        });
        boolean open = schema.path("x-kubernetes-preserve-unknown-fields").asBoolean();
        String type = schema.path("type").asText();
        if (type.isEmpty() && !open) {
            problems.add(path + ": needs a type");
        }
        if (schema.has("properties") && (!type.equals("object") || schema.has("additionalProperties"))) {
            problems.add(path + ": properties belong to an object, and exclude additionalProperties");
        }
        if (type.equals("object") && !schema.has("properties") && !schema.has("additionalProperties") && !open
                && !path.equals(".metadata")) {
            problems.add(path + ": an object that may hold nothing");
        }
        if (type.equals("array")) {
            if (!schema.has("items") || !schema.has("maxItems")) {
                problems.add(path + ": a list needs items, and maxItems (the cost of CEL is estimated by it)");
            }
            if (schema.path("x-kubernetes-list-type").asText().equals("map")) {
                schema.path("x-kubernetes-list-map-keys").forEach(key -> {
                    if (!contains(schema.at("/items/required"), key.asText())) {
                        problems.add(path + ": key " + key.asText() + " of a list map must be required");
                    }
                });
            }
        }
        if (type.equals("string") && !schema.has("maxLength") && !schema.has("enum") && !schema.has("format")
                && !Set.of(".apiVersion", ".kind").contains(path)) {
            problems.add(path + ": a text needs maxLength");
        }
        schema.path("required").forEach(name -> {
            if (!schema.path("properties").has(name.asText())) {
                problems.add(path + ": requires " + name.asText() + ", which is no property");
            }
        });
        schema.path("properties").properties()
                .forEach(entry -> problems.addAll(structural(entry.getValue(), path + '.' + entry.getKey())));
        if (schema.has("items")) {
            problems.addAll(structural(schema.get("items"), path + "[]"));
        }
        if (schema.has("additionalProperties")) {
            problems.addAll(structural(schema.get("additionalProperties"), path + "{}"));
        }
        return problems;
    }

    /** Every rule with its path. */
    static List<Map.Entry<String, String>> rules(JsonNode schema, String path) {
        List<Map.Entry<String, String>> rules = new ArrayList<>();
        schema.path("x-kubernetes-validations").forEach(rule -> rules.add(Map.entry(path, rule.path("rule").asText())));
        schema.path("properties").properties().forEach(e -> rules.addAll(rules(e.getValue(), path + '.' + e.getKey())));
        if (schema.has("items")) {
            rules.addAll(rules(schema.get("items"), path + "[]"));
        }
        return rules;
    }

    static void compile(String rule) throws ExpressionException {
        CEL.condition(rule);
    }

    /** What the API server would refuse of a value, or prune. @param old null: it is created */
    static List<String> problems(JsonNode schema, JsonNode value, JsonNode old, String path) {
        List<String> problems = new ArrayList<>();
        String type = schema.path("type").asText();
        boolean fits = switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "boolean" -> value.isBoolean();
            default -> true;
        };
        if (!fits) {
            return List.of(path + ": must be " + type);
        }
        if (value.isTextual()) {
            text(schema, value.textValue(), path, problems);
        }
        if (value.isIntegralNumber() && (value.longValue() < schema.path("minimum").asLong(Long.MIN_VALUE)
                || value.longValue() > schema.path("maximum").asLong(Long.MAX_VALUE))) {
            problems.add(path + ": out of range");
        }
        if (value.isArray() && schema.has("items")) {
            if (value.size() > schema.path("maxItems").asInt(Integer.MAX_VALUE) || value.size() < schema.path("minItems").asInt()) {
                problems.add(path + ": " + value.size() + " items");
            }
            for (int i = 0; i < value.size(); i++) {
                problems.addAll(problems(schema.get("items"), value.get(i), null, path + '[' + i + ']'));
            }
        }
        if (value.isObject()) {
            object(schema, value, old, path, problems);
        }
        if (problems.isEmpty()) {
            rules(schema, value, old, path, problems);
        }
        return problems;
    }

    private static void text(JsonNode schema, String value, String path, List<String> problems) {
        if (schema.has("enum") && !contains(schema.get("enum"), value)) {
            problems.add(path + ": " + value + " is none of " + schema.get("enum"));
        }
        if (schema.has("pattern") && !Pattern.compile(schema.get("pattern").asText()).matcher(value).find()) {
            problems.add(path + ": does not match " + schema.get("pattern").asText());
        }
        if (value.length() > schema.path("maxLength").asInt(Integer.MAX_VALUE) || value.length() < schema.path("minLength").asInt()) {
            problems.add(path + ": " + value.length() + " characters");
        }
    }

    private static void object(JsonNode schema, JsonNode value, JsonNode old, String path, List<String> problems) {
        schema.path("required").forEach(name -> {
            if (!value.has(name.asText())) {
                problems.add(path + ": needs " + name.asText());
            }
        });
        value.properties().forEach(entry -> {
            JsonNode of = schema.path("properties").get(entry.getKey());
            String inner = path + '.' + entry.getKey();
            if (of != null) {
                problems.addAll(problems(of, entry.getValue(), old == null ? null : old.get(entry.getKey()), inner));
            } else if (schema.has("additionalProperties")) {
                problems.addAll(problems(schema.get("additionalProperties"), entry.getValue(), null, inner));
            } else if (!schema.path("x-kubernetes-preserve-unknown-fields").asBoolean() && !path.equals(".metadata")) {
                problems.add(inner + ": would be pruned");
            }
        });
    }

    private static void rules(JsonNode schema, JsonNode value, JsonNode old, String path, List<String> problems) {
        for (JsonNode rule : schema.path("x-kubernetes-validations")) {
            String text = rule.path("rule").asText();
            if (text.contains("oldSelf") && old == null) {
                continue; // a transition rule judges changes alone
            }
            try {
                CelInput input = new CelInput().put("self", Node.of(value)).put("oldSelf", Node.of(old == null ? value : old));
                if (!CEL.condition(text).test(input)) {
                    problems.add(path + ": " + rule.path("message").asText());
                }
            } catch (ExpressionException e) {
                problems.add(path + ": " + text + ": " + e.getMessage());
            }
        }
    }

    private static boolean contains(JsonNode list, String item) {
        for (JsonNode each : list) {
            if (each.asText().equals(item)) {
                return true;
            }
        }
        return false;
    }
}
