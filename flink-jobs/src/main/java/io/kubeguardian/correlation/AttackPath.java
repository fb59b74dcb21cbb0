package io.kubeguardian.correlation;

import io.kubeguardian.schema.AttackStep;
import io.kubeguardian.schema.Signal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What signals say of ATT&CK's tactics, in the order of the matrix. A signal says it by its rule's tags. */
final class AttackPath {
    /** In the order in which ATT&CK's Enterprise matrix has them. */
    static final List<String> TACTICS = List.of("reconnaissance", "resource_development", "initial_access", "execution",
            "persistence", "privilege_escalation", "defense_evasion", "credential_access", "discovery",
            "lateral_movement", "collection", "command_and_control", "exfiltration", "impact");

    private AttackPath() {}

    /** The tactic of a tag such as {@code attack.credential-access}, {@code mitre_credential_access}; null: none. */
    static String tactic(String tag) {
        String name = tag.toLowerCase(Locale.ROOT).replace('-', '_');
        if (name.startsWith("attack.")) {
            name = name.substring("attack.".length());
        } else if (name.startsWith("mitre_")) {
            name = name.substring("mitre_".length());
        }
        return TACTICS.contains(name) ? name : null;
    }

    static List<AttackStep> of(List<Signal> signals) {
        Map<String, AttackStep> steps = new LinkedHashMap<>();
        TACTICS.forEach(tactic -> steps.put(tactic, null));
        for (Signal signal : signals) {
            for (String tag : signal.getTags()) {
                String tactic = tactic(tag);
                if (tactic != null) {
                    add(steps, tactic, signal);
                }
            }
        }
        return new ArrayList<>(steps.values().stream().filter(step -> step != null).toList());
    }

    private static void add(Map<String, AttackStep> steps, String tactic, Signal signal) {
        AttackStep step = steps.computeIfAbsent(tactic,
                name -> new AttackStep(name, new ArrayList<>(), new ArrayList<>(), signal.getEventTime()));
        step.setFirstEventTime(Math.min(step.getFirstEventTime(), signal.getEventTime()));
        for (String technique : signal.getTechniques()) {
            if (!step.getTechniques().contains(technique)) {
                step.getTechniques().add(technique);
            }
        }
        if (!step.getRules().contains(signal.getRule())) {
            step.getRules().add(signal.getRule());
        }
    }
}
