package io.kubeguardian.policy;

import java.util.List;

/**
 * A violation in a manifest.
 *
 * @param check which check found it
 * @param path the field at fault from the object's root: {@code spec.template.spec.containers[2].securityContext…}
 * @param line of that field, or of the nearest one around it that exists; counted from 1, 0 when unknown
 * @param message one sentence: what stands there and why that is a problem
 * @param fixes what mends it; empty when only a person can
 */
public record Finding(CheckInfo check, String path, int line, String message, List<Fix> fixes) {
    public String id() {
        return check.id();
    }

    public String title() {
        return check.title();
    }

    public Severity severity() {
        return check.severity();
    }

    public String remediation() {
        return check.remedy();
    }
}
