package io.kubeguardian.rules;

import io.kubeguardian.rules.compile.OutputTemplate;
import java.util.Map;

/** An event that a rule's condition is true of. Texts are made when asked for. */
public final class RuleHit {
    private final Rule rule;
    private final OutputTemplate template;
    private final EventView event;

    RuleHit(Rule rule, OutputTemplate template, EventView event) {
        this.rule = rule;
        this.template = template;
        this.event = event;
    }

    public Rule rule() {
        return rule;
    }

    /** The rule's output with the event's values; {@code <NA>} for what the event does not have. */
    public String output() {
        return template.render(event);
    }

    /** Each field of the output with its value, as in Falco's JSON; keys as written, such as {@code proc.aname[2]}. */
    public Map<String, String> outputFields() {
        return template.fields(event);
    }
}
