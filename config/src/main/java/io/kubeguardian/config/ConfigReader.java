package io.kubeguardian.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Reads the configuration: defaults, then the YAML file, then environment variables. The variable of a key is
 * {@code KUBEGUARDIAN_} and its path in upper case with underscores: {@code collector.batchMillis} is
 * {@code KUBEGUARDIAN_COLLECTOR_BATCH_MILLIS}. A value in a variable is YAML too (a list: {@code [a, b]}).
 * Unknown keys and unknown variables are errors.
 */
public final class ConfigReader {
    /** Variables of the launcher, not keys of the file. */
    private static final String ENV_PREFIX = "KUBEGUARDIAN_";

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(com.fasterxml.jackson.databind.MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .build();

    private ConfigReader() {}

    /**
     * What a process is started with.
     *
     * @param arguments none, or {@code --config FILE}
     * @throws ConfigException as {@link #read}, and when the arguments are others
     */
    public static KubeGuardianConfig ofArguments(String[] arguments) {
        if (arguments.length != 0 && (arguments.length != 2 || !arguments[0].equals("--config"))) {
            throw new ConfigException("usage: [--config FILE], not " + String.join(" ", arguments));
        }
        return read(arguments.length == 0 ? null : Path.of(arguments[1]), System.getenv());
    }

    /**
     * @param file the YAML file, or null for defaults and environment alone
     * @param environment usually {@link System#getenv()}
     * @throws ConfigException with one line that says where, what, and what to do
     */
    public static KubeGuardianConfig read(Path file, Map<String, String> environment) {
        String source = file == null ? "environment" : file.toString();
        ObjectNode tree = file == null ? YAML.createObjectNode() : parse(file);
        ObjectNode defaults = defaults();
        overlay(source, "", defaults, tree);
        environment(defaults, environment);
        try {
            return YAML.treeToValue(defaults, KubeGuardianConfig.class);
        } catch (JsonProcessingException e) {
            ConfigException cause = configException(e);
            if (cause != null) {
                throw new ConfigException(source + ": " + cause.getMessage(), e);
            }
            throw new ConfigException(source + ": " + path(e) + ": " + e.getOriginalMessage(), e);
        }
    }

    private static ObjectNode parse(Path file) {
        try {
            JsonNode tree = YAML.readTree(Files.readAllBytes(file));
            if (tree == null || tree.isMissingNode() || tree.isNull()) {
                return YAML.createObjectNode();
            }
            if (!(tree instanceof ObjectNode object)) {
                throw new ConfigException(file + ": must be a mapping of sections (kafka, collector, …)");
            }
            return object;
        } catch (NoSuchFileException e) {
            throw new ConfigException(file + ": no such file", e);
        } catch (JsonProcessingException e) {
            throw new ConfigException(file + ":" + e.getLocation().getLineNr() + ": " + problem(e), e);
        } catch (IOException e) {
            throw new ConfigException(file + ": " + e.getMessage(), e);
        }
    }

    /** Every key with its default: what a file may name. */
    static ObjectNode defaults() {
        ObjectNode root = YAML.createObjectNode();
        for (RecordComponent section : KubeGuardianConfig.class.getRecordComponents()) {
            ObjectNode node = root.putObject(section.getName());
            for (RecordComponent key : section.getType().getRecordComponents()) {
                String value = key.getAccessor().getAnnotation(JsonProperty.class).defaultValue();
                node.set(key.getName(), scalar(key, value));
            }
        }
        return root;
    }

    private static JsonNode scalar(RecordComponent key, String value) {
        if (key.getType() == String.class) {
            return YAML.getNodeFactory().textNode(value);
        }
        try {
            return YAML.readTree(value);
        } catch (JsonProcessingException e) {
            throw new ConfigException("value " + value + " of " + key.getName() + " is not YAML: " + problem(e), e);
        }
    }

    private static void overlay(String source, String prefix, ObjectNode base, ObjectNode over) {
        for (Map.Entry<String, JsonNode> entry : over.properties()) {
            String key = prefix + entry.getKey();
            JsonNode known = base.get(entry.getKey());
            if (known == null) {
                throw new ConfigException(source + ": unknown key " + key + Nearest.hint(entry.getKey(), names(base)));
            }
            if (prefix.isEmpty()) {
                if (!(entry.getValue() instanceof ObjectNode section)) {
                    throw new ConfigException(source + ": " + key + " must be a mapping of keys");
                }
                overlay(source, key + '.', (ObjectNode) known, section);
            } else {
                base.set(entry.getKey(), present(source, key, entry.getValue()));
            }
        }
    }

    private static JsonNode present(String source, String key, JsonNode value) {
        if (value.isNull() || value.isMissingNode()) {
            throw new ConfigException(source + ": " + key + " has no value; give one, or leave it out");
        }
        return value;
    }

    private static void environment(ObjectNode tree, Map<String, String> environment) {
        Map<String, Runnable> setters = new TreeMap<>();
        for (RecordComponent section : KubeGuardianConfig.class.getRecordComponents()) {
            for (RecordComponent key : section.getType().getRecordComponents()) {
                String name = variable(section.getName(), key.getName());
                String value = environment.get(name);
                if (value != null) {
                    setters.put(name, () -> ((ObjectNode) tree.get(section.getName()))
                            .set(key.getName(), present("environment", name, scalar(key, value))));
                } else {
                    setters.put(name, () -> {});
                }
            }
        }
        for (String name : environment.keySet()) {
            boolean ofASection = Arrays.stream(KubeGuardianConfig.class.getRecordComponents())
                    .anyMatch(s -> name.startsWith(ENV_PREFIX + s.getName().toUpperCase(Locale.ROOT) + '_'));
            if (ofASection && !setters.containsKey(name)) {
                throw new ConfigException("environment: unknown variable " + name);
            }
        }
        setters.values().forEach(Runnable::run);
    }

    /** The environment variable of a key. */
    static String variable(String section, String key) {
        return ENV_PREFIX + section.toUpperCase(Locale.ROOT) + '_'
                + key.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT);
    }

    private static ConfigException configException(Throwable e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof ConfigException config) {
                return config;
            }
        }
        return null;
    }

    private static String path(JsonProcessingException e) {
        if (e instanceof UnrecognizedPropertyException unknown) {
            return unknown.getPropertyName();
        }
        if (e instanceof JsonMappingException mapping) {
            return mapping.getPath().stream()
                    .map(JsonMappingException.Reference::getFieldName)
                    .map(String::valueOf)
                    .collect(Collectors.joining("."));
        }
        return "";
    }

    private static List<String> names(ObjectNode section) {
        return section.properties().stream().map(Map.Entry::getKey).toList();
    }

    /** What was being read, and what is wrong with it: YAML's parser says both, with quotations and places in between. */
    private static String problem(JsonProcessingException e) {
        return e.getOriginalMessage().lines().filter(line -> !line.isEmpty() && !line.startsWith(" "))
                .distinct().collect(Collectors.joining(": "));
    }
}
