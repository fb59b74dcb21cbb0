package io.kubeguardian.policy.user;

import io.kubeguardian.policy.Check;
import io.kubeguardian.policy.CheckInfo;
import io.kubeguardian.policy.Findings;
import io.kubeguardian.policy.Manifest;
import java.time.LocalDate;

/** A user's policy beside the built-in checks of a scan. */
public final class UserPolicyCheck implements Check {
    private final UserPolicy policy;
    private final LocalDate today;

    /** @param today for exemptions that end, UTC */
    public UserPolicyCheck(UserPolicy policy, LocalDate today) {
        this.policy = policy;
        this.today = today;
    }

    @Override
    public CheckInfo info() {
        return policy.info();
    }

    @Override
    public boolean appliesTo(Manifest manifest) {
        return policy.action() != PolicyAction.MUTATE && policy.isAbout(manifest, request(manifest));
    }

    @Override
    public void check(Manifest manifest, Findings findings) {
        policy.judge(manifest, request(manifest), today).findings().forEach(findings::add);
    }

    private static Request request(Manifest manifest) {
        return Request.scanned(manifest.namespace());
    }
}
