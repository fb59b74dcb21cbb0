package io.kubeguardian.controller;

import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;

/** KubeGuardian's own kinds, as deploy/k8s/crds defines them. */
final class Kinds {
    static final String GROUP = "kubeguardian.io";
    static final String VERSION = "v1alpha1";
    static final ResourceDefinitionContext ADMISSION_POLICY = kind("AdmissionPolicy", "admissionpolicies", false);
    static final ResourceDefinitionContext POLICY_EXCEPTION = kind("PolicyException", "policyexceptions", false);
    static final ResourceDefinitionContext RUNTIME_POLICY = kind("RuntimePolicy", "runtimepolicies", true);
    /** ConfigMaps of the controller's namespace that have it, whatever its value, hold policies. */
    static final String CONFIG_MAP_LABEL = "kubeguardian.io/policies";

    private Kinds() {}

    private static ResourceDefinitionContext kind(String kind, String plural, boolean namespaced) {
        return new ResourceDefinitionContext.Builder().withGroup(GROUP).withVersion(VERSION).withKind(kind)
                .withPlural(plural).withNamespaced(namespaced).build();
    }
}
