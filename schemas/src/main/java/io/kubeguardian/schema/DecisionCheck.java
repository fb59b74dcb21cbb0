package io.kubeguardian.schema;

import java.util.List;
import java.util.regex.Pattern;

/** What the schema cannot say of a decision. A collector refuses what does not pass; who writes one asks first. */
public final class DecisionCheck {
    /** Longest containment, seconds: a leap year. */
    public static final long LONGEST_SECONDS = 366L * 86_400;
    /** Longest text of the reason, characters. */
    public static final int LONGEST_REASON = 4096;

    private static final int LONGEST_NAME = 512;
    private static final Pattern CONTAINER = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern POD = Pattern.compile("[0-9a-f-]{32,36}");

    private DecisionCheck() {}

    /** Whether it is about a workload's new pods, which is the webhook's business, and no collector's. */
    public static boolean isOfWorkload(Decision decision) {
        return decision.getVerdict() == Verdict.QUARANTINE && decision.getPodUid().isEmpty()
                && decision.getContainerId().isEmpty();
    }

    /**
     * Passes when every reader can put it into force. One that waits, was held back or is a dry run does not: it has no
     * place on the topic of decisions.
     *
     * @throws MalformedRecordException with the reason when not
     */
    public static void check(Decision decision) throws MalformedRecordException {
        for (String name : List.of(decision.getId(), decision.getCluster(), decision.getNode(), decision.getEvidenceId(),
                decision.getIssuedBy(), decision.getRequestedBy(), Keys.workload(decision.getWorkload()))) {
            if (name.length() > LONGEST_NAME) {
                throw malformed(decision, "has a name of " + name.length() + " characters");
            }
        }
        if (decision.getState() != DecisionState.IN_FORCE) {
            throw malformed(decision, "is not in force but " + decision.getState());
        }
        if (decision.getReason().length() > LONGEST_REASON) {
            throw malformed(decision, "has a reason of " + decision.getReason().length() + " characters, more than " + LONGEST_REASON);
        }
        if (!decision.getPodUid().isEmpty() && !POD.matcher(decision.getPodUid()).matches()) {
            throw malformed(decision, "has a pod UID that is none");
        }
        if (!decision.getContainerId().isEmpty() && !CONTAINER.matcher(decision.getContainerId()).matches()) {
            throw malformed(decision, "has a container id that is not 64 hexadecimal digits");
        }
        boolean ofWorkload = isOfWorkload(decision);
        if (decision.getPodUid().isEmpty() && decision.getContainerId().isEmpty() && !ofWorkload) {
            throw malformed(decision, "names no pod and no container");
        }
        if (decision.getReleased()) {
            return;
        }
        if (!ofWorkload && decision.getActions().isEmpty() || decision.getActions().contains(ContainmentAction.NONE)) {
            throw malformed(decision, "has no action, or an unknown one");
        }
        if (decision.getActions().size() > ContainmentAction.values().length) {
            throw malformed(decision, "has " + decision.getActions().size() + " actions");
        }
        if (decision.getExpiresTime() <= decision.getIssuedTime()) {
            throw malformed(decision, "expires before it is issued");
        }
        // compared as a difference of times that may be anything: it must not overflow into a small one
        long longest = LONGEST_SECONDS * 1_000_000_000L;
        if (decision.getIssuedTime() < 0 || decision.getExpiresTime() - decision.getIssuedTime() > longest) {
            throw malformed(decision, "lasts longer than " + LONGEST_SECONDS / 86_400 + " days");
        }
        checkExceptions(decision);
    }

    private static void checkExceptions(Decision decision) throws MalformedRecordException {
        int paths = decision.getExceptPaths().size();
        int destinations = decision.getExceptDestinations().size();
        if (paths > ContainmentExceptions.MOST || destinations > ContainmentExceptions.MOST) {
            throw malformed(decision, "has " + paths + " excepted paths and " + destinations
                    + " excepted destinations, more than " + ContainmentExceptions.MOST + " of a kind");
        }
        try {
            decision.getExceptPaths().forEach(ContainmentExceptions::checkPath);
            decision.getExceptDestinations().forEach(ContainmentExceptions::check);
        } catch (IllegalArgumentException e) {
            throw new MalformedRecordException("decision " + decision.getId() + ": " + e.getMessage(), e);
        }
    }

    private static MalformedRecordException malformed(Decision decision, String what) {
        String id = decision.getId().substring(0, Math.min(decision.getId().length(), 64));
        return new MalformedRecordException("decision " + id + ' ' + what);
    }
}
