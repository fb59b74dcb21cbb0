package io.kubeguardian.cli.scan;

import io.kubeguardian.policy.Finding;
import io.kubeguardian.policy.Severity;

/** Which findings count, and which of them are shown. Thread safe. */
record Selection(Severity least, Exceptions exceptions) {
    /** Whether it is bad enough to be shown. */
    boolean shows(Finding finding) {
        return finding.severity().reaches(least);
    }

    /** Whether somebody has accepted it. */
    boolean excepts(ResourceResult resource, Finding finding) {
        return exceptions.cover(resource, finding);
    }
}
