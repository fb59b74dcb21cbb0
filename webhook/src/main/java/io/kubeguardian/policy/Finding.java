package io.kubeguardian.policy;

/**
 * A violation in a manifest.
 *
 * @param id the check's id, stable across releases
 * @param title what is wrong, in a few words
 * @param severity how bad it is
 * @param path the field at fault from the object's root: {@code spec.template.spec.containers[2].securityContext…}
 * @param message one sentence: what stands there and why that is a problem
 * @param remediation one sentence: what to do
 */
public record Finding(
        String id, String title, Severity severity, String path, String message, String remediation) {}
