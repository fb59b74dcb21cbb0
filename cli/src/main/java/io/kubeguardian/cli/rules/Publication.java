package io.kubeguardian.cli.rules;

import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.stack.KafkaOption;
import io.kubeguardian.schema.RuleBundle;
import java.time.Duration;
import java.util.Map;

/** Bundles into running jobs, and back. */
final class Publication {
    private final BundleKind kind;
    private final Map<String, Object> client;
    private final WaitOption waiting;
    private final Duration timeout;
    private final String issuedBy = issuer();

    Publication(BundleKind kind, KafkaOption kafka, WaitOption waiting) {
        this.kind = kind;
        this.timeout = waiting.timeout();
        this.waiting = waiting;
        this.client = kafka.client();
    }

    static String issuer() {
        return System.getProperty("user.name", "");
    }

    /**
     * Makes a bundle the active one.
     *
     * @param checked of which time and history are given here
     * @return the exit code: 1 when a job refuses it
     */
    int publish(RuleBundle checked) throws Exception {
        return Interrupted.onSignal(() -> KafkaOption.using(client, () -> {
            PublishedRules published = PublishedRules.read(client, kind);
            RuleBundle bundle = RuleBundle.newBuilder(checked).setIssuedTime(published.nextTime())
                    .setPrevious(published.historyFor(checked.getDigest())).build();
            published.publish(bundle);
            System.out.println("published " + bundle.getDigest());
            if (!isRefused(bundle)) {
                return 0;
            }
            takeBack(bundle);
            return 1;
        }));
    }

    /** @param to as {@link PublishedRules#to} takes it; null: the one before */
    int rollback(String to) throws Exception {
        return Interrupted.onSignal(() -> KafkaOption.using(client, () -> {
            PublishedRules published = PublishedRules.read(client, kind);
            RuleBundle bundle = to == null ? published.back(issuedBy) : published.to(to, issuedBy);
            System.out.println("active " + PublishedRules.name(bundle.getDigest()));
            return isRefused(bundle) ? 1 : 0;
        }));
    }

    /** Waits for the answer if that is wanted, and tells a refusal's reason. */
    private boolean isRefused(RuleBundle bundle) {
        String refusal = waiting.wanted() ? Acknowledgement.await(client, bundle, kind, timeout) : null;
        if (refusal != null) {
            refusal.lines().forEach(line -> System.err.println("kubeguardian: " + Texts.line(line)));
        }
        return refusal != null;
    }

    /** The job goes on with what it ran; a job that is started from nothing shall read that, too. */
    private void takeBack(RuleBundle refused) {
        PublishedRules now = PublishedRules.read(client, kind);
        if (now.active().getIssuedTime() != refused.getIssuedTime()) {
            return; // somebody has published since
        }
        System.err.println("kubeguardian: refused by the job; " + PublishedRules.name(now.back(issuedBy).getDigest())
                + " is active again");
    }
}
