package io.kubeguardian.collector.contain;

import io.kubeguardian.collector.attribute.Attribution;
import io.kubeguardian.collector.contain.KernelContainment.Stopped;
import io.kubeguardian.schema.ActionMode;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.ContainmentState;
import io.kubeguardian.schema.ContainmentStatus;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.Keys;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One decision and what became of it here. Not thread safe: {@link Containments} holds the lock. */
final class Containment {
    final String key;
    final Decision decision;
    final Authority authority;
    /** Its number in the kernel. */
    final long order;
    /** What of it cannot be done here, and why. */
    final Map<ContainmentAction, String> problems = new EnumMap<>(ContainmentAction.class);
    final Set<Long> cgroups = new HashSet<>();
    /** What the decision before this one had stopped: the counts go on. */
    Stopped before = Stopped.NOTHING;
    /** Null while it waits for a container that may come to any node: there is nothing to tell of it. */
    ContainmentState state;
    long since;
    String detail = "";
    /** Known from a freeze that an earlier run left, and not yet from the topic. */
    boolean unconfirmed;

    Containment(Decision decision, long order) {
        this.key = Keys.decision(decision);
        this.decision = decision;
        this.authority = Authority.of(decision);
        this.order = order;
    }

    /** What of it can be done. */
    Set<ContainmentAction> possible() {
        Set<ContainmentAction> possible = EnumSet.noneOf(ContainmentAction.class);
        possible.addAll(decision.getActions());
        possible.removeAll(problems.keySet());
        return possible;
    }

    boolean freezes() {
        return possible().contains(ContainmentAction.FREEZE);
    }

    /** What of it the kernel's programs do. */
    Set<ContainmentAction> programs() {
        Set<ContainmentAction> programs = possible();
        programs.remove(ContainmentAction.FREEZE);
        return programs;
    }

    boolean isActive() {
        return state == ContainmentState.ACTIVE;
    }

    /** Whether the cgroup is the one that is meant, rather than one inside it. */
    boolean isAbout(Attribution who) {
        return who.exact() && who.containerId().equals(decision.getContainerId())
                && (decision.getPodUid().isEmpty() || who.podUid().equals(decision.getPodUid()));
    }

    /** Every problem in one line. */
    String problemText() {
        List<String> texts = new ArrayList<>();
        problems.forEach((action, problem) -> texts.add(action + ": " + problem));
        return String.join("; ", texts);
    }

    /**
     * Action by action.
     *
     * @param hooks of each action that can be done here
     * @param frozen whether all that shall be frozen is
     */
    List<ActionMode> modes(Map<ContainmentAction, String> hooks, boolean frozen) {
        List<ActionMode> modes = new ArrayList<>();
        for (ContainmentAction action : new LinkedHashSet<>(decision.getActions())) {
            if (problems.containsKey(action)) {
                modes.add(new ActionMode(action, "", problems.get(action)));
            } else if (!isActive()) {
                modes.add(new ActionMode(action, "", detail));
            } else {
                modes.add(new ActionMode(action, hooks.get(action),
                        action == ContainmentAction.FREEZE && !frozen ? "not all of it has stopped yet" : ""));
            }
        }
        return modes;
    }

    ContainmentStatus status(Stopped stopped, List<ActionMode> modes) {
        return new ContainmentStatus(decision.getId(), decision.getPodUid(), decision.getContainerId(),
                List.copyOf(decision.getActions()), isActive() ? List.copyOf(possible()) : List.of(), state, since, detail,
                stopped.execsKilled(), stopped.connectionsRefused(), stopped.execsRefused(), stopped.opensRefused(),
                stopped.packetsRefused(), modes);
    }
}
