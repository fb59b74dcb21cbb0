package io.kubeguardian.cli.profile;

import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.cli.stack.KafkaOption;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.ProfilePolicy;
import io.kubeguardian.schema.WorkloadRef;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every change of a baseline is told with, and how it is carried out. */
final class ChangeOptions {
    private static final int MAX_REASON = 1024;

    /** Makes the next word from the last; null: there is nothing to change. */
    interface Change {
        ProfilePolicy.Builder next(ProfilePolicy before, PublishedProfiles published, long now);
    }

    @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "why: goes into the audit trail")
    private String reason;

    @Option(names = "--by", paramLabel = "NAME", description = "who (default: the user that runs this)")
    private String by;

    @Option(names = "--no-wait", description = "do not wait until the job has applied it")
    private boolean noWait;

    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "60",
            description = "how long to wait for that (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Mixin
    private KafkaOption kafka;

    Word word() {
        if (reason.isBlank() || reason.length() > MAX_REASON) {
            throw new UserError("--reason: expected 1 to " + MAX_REASON + " characters");
        }
        return new Word(by == null ? System.getProperty("user.name", "") : by, reason);
    }

    /** @param workload as a person names it */
    int apply(String workload, String action, String subject, Change change) throws Exception {
        return apply(published -> {
            String key = published.workload(workload);
            return published.of(key).getFirst().getWorkload();
        }, action, subject, change);
    }

    /** Finds the workload that is meant. */
    interface Target {
        WorkloadRef in(PublishedProfiles published);
    }

    int apply(Target target, String action, String subject, Change change) throws Exception {
        if (seconds < 1) {
            throw new UserError("--timeout: expected at least 1 second, not " + seconds);
        }
        Word word = word();
        Map<String, Object> client = kafka.client();
        return Interrupted.onSignal(() -> KafkaOption.using(client, () -> {
            PublishedProfiles published = PublishedProfiles.read(client);
            WorkloadRef workload = target.in(published);
            ProfilePolicies policies = new ProfilePolicies(client);
            ProfilePolicy before = policies.current(workload);
            ProfilePolicy.Builder next = change.next(before, published, System.currentTimeMillis() * 1_000_000);
            ProfilePolicy policy = policies.publish(next, before, action, subject, word);
            System.out.println(action + ' ' + Texts.line(Keys.workload(workload)) + ' ' + policy.getDigest());
            if (!noWait) {
                Profile profile = policies.await(policy, Duration.ofSeconds(seconds));
                System.err.println("kubeguardian: applied by the job; the profile of " + Texts.line(profile.getImage())
                        + " is " + profile.getPhase().name().toLowerCase(Locale.ROOT) + ", "
                        + Texts.count(profile.getItems().size(), "item") + ", " + profile.getDigest());
            }
            return 0;
        }));
    }
}
