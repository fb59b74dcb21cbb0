package io.kubeguardian.cli.contain;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.kubeguardian.cli.contain.ContainmentTopics.Answer;
import io.kubeguardian.schema.ActionMode;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.ContainmentExceptions;
import io.kubeguardian.schema.ContainmentState;
import io.kubeguardian.schema.ContainmentStatus;
import io.kubeguardian.schema.Decision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One containment for a person or a program: what was decided, and what the node's kernel does.
 *
 * @param state active, refused, expired, released; unknown: no collector has spoken of it lately
 * @param node where it is, or shall be; empty: not known
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ContainmentReport(
        String decision, String container, String podUid, String pod, String node, String state, String detail,
        List<Action> actions, String expires, String issued, String by, String reason, List<String> exceptPaths,
        List<String> exceptDestinations, Stopped stopped) {

    record Stopped(
            long execsKilled, long execsRefused, long opensRefused, long connectionsRefused, long packetsRefused) {}

    /** @param hooks what enforces it; empty while nothing does, then problem says why */
    record Action(String action, String hooks, String problem) {}

    /**
     * @param answer what a collector says of it, or null
     * @param pod NAMESPACE/NAME, or empty
     */
    static ContainmentReport of(Decision decision, Answer answer, String pod) {
        List<Action> actions = new ArrayList<>();
        ContainmentStatus status = answer == null ? null : answer.status();
        for (ContainmentAction action : decision.getActions()) {
            actions.add(status == null ? new Action(name(action), "", "no collector has said so")
                    : status.getModes().stream().filter(mode -> mode.getAction() == action).findFirst()
                            .map(ContainmentReport::action).orElseGet(() -> olderCollector(action, status)));
        }
        return new ContainmentReport(decision.getId(), decision.getContainerId(), decision.getPodUid(), pod,
                answer == null ? decision.getNode() : answer.node(),
                status == null ? "unknown" : status.getState().name().toLowerCase(Locale.ROOT),
                status == null ? "" : status.getDetail(), actions, instant(decision.getExpiresTime()),
                instant(decision.getIssuedTime()),
                decision.getRequestedBy().isEmpty() ? decision.getIssuedBy() : decision.getRequestedBy(),
                decision.getReason(), List.copyOf(decision.getExceptPaths()),
                decision.getExceptDestinations().stream().map(ContainmentExceptions::text).toList(),
                status == null ? null : stopped(status));
    }

    private static Action action(ActionMode mode) {
        return new Action(name(mode.getAction()), mode.getHooks(), mode.getProblem());
    }

    /** One that does not tell action by action. */
    private static Action olderCollector(ContainmentAction action, ContainmentStatus status) {
        return status.getEffective().contains(action) ? new Action(name(action), "in force", "")
                : new Action(name(action), "", status.getDetail());
    }

    private static Stopped stopped(ContainmentStatus status) {
        return new Stopped(status.getExecsKilled(), status.getExecsRefused(), status.getOpensRefused(),
                status.getConnectionsRefused(), status.getPacketsRefused());
    }

    /** As the command takes it: kill-exec. */
    static String name(ContainmentAction action) {
        return action.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String instant(long nanos) {
        return Instant.ofEpochSecond(0, nanos).toString();
    }

    /** Whether all that was asked for is in force. */
    boolean isWhole() {
        return state.equals(ContainmentState.ACTIVE.name().toLowerCase(Locale.ROOT))
                && actions.stream().noneMatch(action -> action.hooks().isEmpty());
    }
}
