package io.kubeguardian.controller;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Namespace;
import java.util.List;

/** What the API server holds, as of one moment. */
record PolicyObjects(
        List<GenericKubernetesResource> policies, List<GenericKubernetesResource> exceptions,
        List<GenericKubernetesResource> runtimePolicies, List<ConfigMap> configMaps, List<Namespace> namespaces) {}
