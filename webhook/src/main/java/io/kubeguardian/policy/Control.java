package io.kubeguardian.policy;

/**
 * One demand of a framework.
 *
 * @param id within the framework: {@code 5.2.2}
 * @param title in a few words of ours
 * @param since the first minor version of Kubernetes where it is asked; 0 for all that have no versions
 */
public record Control(Framework framework, String id, String title, int since) {
    /** {@code cis:5.2.2}. */
    public String key() {
        return framework.id() + ':' + id;
    }
}
