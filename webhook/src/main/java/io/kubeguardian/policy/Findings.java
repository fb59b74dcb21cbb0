package io.kubeguardian.policy;

import java.util.ArrayList;
import java.util.List;

/** Takes what the checks find in one object. */
public final class Findings {
    private final List<Finding> findings = new ArrayList<>();
    private CheckInfo check;

    /** Whose findings come next; the {@link Engine} calls it before every check. */
    public void of(CheckInfo check) {
        this.check = check;
    }

    /**
     * @param path the field at fault, from the object's root
     * @param near the field, or the nearest one around it that exists
     * @param what stands there: the beginning of a sentence that goes on with the check's reason
     */
    public void add(String path, Node near, String what, Fix... fixes) {
        add(path, near.line(), what, fixes);
    }

    /** As above, by line. */
    public void add(String path, int line, String what, Fix... fixes) {
        findings.add(new Finding(check, path, line, what + ": " + check.why(), List.of(fixes)));
    }

    /** One that says all of it itself. */
    public void add(Finding finding) {
        findings.add(finding);
    }

    public List<Finding> list() {
        return findings;
    }
}
