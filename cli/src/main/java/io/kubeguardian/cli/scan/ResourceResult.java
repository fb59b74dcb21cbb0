package io.kubeguardian.cli.scan;

import io.kubeguardian.policy.Finding;
import java.util.List;

/**
 * One object with findings.
 *
 * @param line where it begins, counted from 1
 * @param document of its file, counted from 1
 * @param namespace empty where it names none
 */
record ResourceResult(
        String file, int line, int document, String kind, String namespace, String name, List<Finding> findings) {
    ResourceResult with(List<Finding> others) {
        return new ResourceResult(file, line, document, kind, namespace, name, others);
    }

    /** {@code Deployment shop/web}. */
    String label() {
        return kind + ' ' + (namespace.isEmpty() ? "" : namespace + '/') + name;
    }
}
