package io.kubeguardian.controller;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The manifests under deploy/. */
final class Manifests {
    static final Path DEPLOY = Path.of("../deploy");
    /** Anchors are resolved by YAML's own reader below. */
    private static final YAMLMapper STRICT = YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private Manifests() {}

    static List<Path> files(String folder) {
        try (Stream<Path> all = Files.walk(DEPLOY.resolve(folder))) {
            return all.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every document, with anchors resolved. */
    static List<JsonNode> documents(Path file) {
        try {
            try (MappingIterator<JsonNode> strict = STRICT.readerFor(JsonNode.class).readValues(file.toFile())) {
                strict.readAll(); // duplicate keys
            }
            List<JsonNode> documents = new ArrayList<>();
            new org.yaml.snakeyaml.Yaml().loadAll(Files.readString(file)).forEach(each -> documents.add(Json.tree(each)));
            return documents;
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": " + e.getMessage(), e);
        }
    }

    static List<JsonNode> all(String folder) {
        return files(folder).stream().filter(file -> !file.endsWith("kustomization.yaml"))
                .flatMap(file -> documents(file).stream()).toList();
    }

    static List<JsonNode> ofKind(String folder, String kind) {
        return all(folder).stream().filter(each -> each.path("kind").asText().equals(kind)).toList();
    }

    /** Fields that Kubernetes' own model does not know, by path; empty also for kinds that are not Kubernetes' own. */
    static List<String> unknownFields(JsonNode document) {
        Object typed = new KubernetesSerialization().unmarshal(document.toString(), KubernetesResource.class);
        List<String> unknown = new ArrayList<>();
        if (!(typed instanceof GenericKubernetesResource)) {
            walk(typed, "", unknown);
        }
        return unknown;
    }

    private static void walk(Object value, String path, List<String> unknown) {
        if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                walk(list.get(i), path + '[' + i + ']', unknown);
            }
        } else if (value != null && value.getClass().getName().startsWith("io.fabric8.kubernetes.api.model")) {
            for (Method method : value.getClass().getMethods()) {
                if (!method.getName().startsWith("get") || method.getParameterCount() != 0) {
                    continue;
                }
                try {
                    Object inner = method.invoke(value);
                    if (inner == null) {
                        continue;
                    }
                    if (method.getName().equals("getAdditionalProperties")) {
                        ((Map<?, ?>) inner).keySet().forEach(key -> unknown.add(path + '.' + key));
                    } else {
                        walk(inner, path + '.' + method.getName().substring(3), unknown);
                    }
                } catch (ReflectiveOperationException e) {
                    throw new AssertionError(path, e);
                }
            }
        }
    }
}
