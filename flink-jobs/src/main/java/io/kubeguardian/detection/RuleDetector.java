package io.kubeguardian.detection;

import io.kubeguardian.rules.EventView;
import io.kubeguardian.rules.RuleHit;
import io.kubeguardian.rules.RuleHitConsumer;
import io.kubeguardian.rules.RuleMeter;
import io.kubeguardian.rules.RuleSet;
import io.kubeguardian.schema.Priority;
import java.util.List;
import java.util.Map;

/** Judges by Falco rules, and counts what they find and cost. */
final class RuleDetector implements Detector, RuleHitConsumer {
    private final RuleMeter meter;
    private HitSink sink;

    RuleDetector(RuleSet rules) {
        meter = new RuleMeter(rules);
    }

    @Override
    public void evaluate(EventView event, HitSink hits) {
        sink = hits;
        meter.evaluate(event, this);
    }

    @Override
    public void hit(RuleHit hit) {
        sink.hit(new Rendered(hit));
    }

    @Override
    public RuleMeter meter() {
        return meter;
    }

    private record Rendered(RuleHit hit) implements Hit {
        @Override
        public String rule() {
            return hit.rule().name();
        }

        @Override
        public Priority priority() {
            return hit.rule().priority();
        }

        @Override
        public List<String> tags() {
            return hit.rule().tags();
        }

        @Override
        public List<String> techniques() {
            return hit.rule().techniques();
        }

        @Override
        public String output() {
            return hit.output();
        }

        @Override
        public Map<String, String> outputFields() {
            return hit.outputFields();
        }

        @Override
        public String repeatKey() {
            return hit.repeatKey();
        }

        @Override
        public int repeatSeconds() {
            return hit.repeatSeconds();
        }
    }
}
