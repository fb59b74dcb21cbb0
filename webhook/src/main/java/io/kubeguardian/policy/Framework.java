package io.kubeguardian.policy;

import java.util.Arrays;
import java.util.Optional;

/** What manifests are held against. */
public enum Framework {
    PSS_BASELINE("pss-baseline", "Kubernetes Pod Security Standards, baseline"),
    PSS_RESTRICTED("pss-restricted", "Kubernetes Pod Security Standards, restricted"),
    CIS("cis", "CIS Kubernetes Benchmark v1.10, section 5"),
    NSA("nsa", "NSA/CISA Kubernetes Hardening Guide v1.2"),
    PCI_DSS("pci-dss", "PCI DSS v4.0"),
    HIPAA("hipaa", "HIPAA Security Rule (45 CFR 164)"),
    GDPR("gdpr", "GDPR (EU) 2016/679"),
    FZ152("fz152", "152-FZ and FSTEC order 21");

    private final String id;
    private final String title;

    Framework(String id, String title) {
        this.id = id;
        this.title = title;
    }

    /** As on the command line. */
    public String id() {
        return id;
    }

    public String title() {
        return title;
    }

    /** Whether what it asks depends on the version of Kubernetes. */
    public boolean isVersioned() {
        return this == PSS_BASELINE || this == PSS_RESTRICTED;
    }

    public static Optional<Framework> byId(String id) {
        return Arrays.stream(values()).filter(framework -> framework.id.equals(id)).findFirst();
    }
}
