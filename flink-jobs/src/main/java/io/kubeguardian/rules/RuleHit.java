package io.kubeguardian.rules;

import io.kubeguardian.rules.compile.OutputTemplate;
import io.kubeguardian.rules.compile.RepeatKey;
import java.util.Map;

/** An event that a rule's condition is true of. Texts are made when asked for. */
public final class RuleHit {
    private final Rule rule;
    private final OutputTemplate template;
    private final RepeatKey repeats;
    private final EventView event;

    RuleHit(Rule rule, OutputTemplate template, RepeatKey repeats, EventView event) {
        this.rule = rule;
        this.template = template;
        this.repeats = repeats;
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

    /** Hits of the rule with the same key are repeats of one; null when the rule does not declare what that is. */
    public String repeatKey() {
        return repeats.of(event);
    }

    /** For how long they are, seconds; 0 when the rule does not say. */
    public int repeatSeconds() {
        return repeats.seconds();
    }
}
