package io.kubeguardian.policy;

import java.util.Locale;

/** How bad a finding is, worst first. */
public enum Severity {
    CRITICAL,
    HIGH,
    MEDIUM,
    LOW,
    INFO;

    /** As reports write it: {@code critical}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** At least as bad. */
    public boolean reaches(Severity least) {
        return compareTo(least) <= 0;
    }
}
