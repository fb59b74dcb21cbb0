package io.kubeguardian.correlation;

import io.kubeguardian.detection.DetectionClock;
import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.Ids;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.Signal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.cep.functions.PatternProcessFunction;
import org.apache.flink.util.Collector;

/** Makes the incident of a completed pattern. */
final class IncidentFunction extends PatternProcessFunction<Signal, Incident> {
    private static final long serialVersionUID = 1L;

    private final CorrelationPattern pattern;
    private final GroupKey key;
    private final DetectionClock clock;

    IncidentFunction(CorrelationPattern pattern, DetectionClock clock) {
        this.pattern = pattern;
        this.key = new GroupKey(pattern.groupBy());
        this.clock = clock;
    }

    @Override
    public void processMatch(Map<String, List<Signal>> match, Context context, Collector<Incident> out) {
        List<Signal> signals = new ArrayList<>();
        for (int i = 0; i < pattern.rules().size(); i++) {
            signals.addAll(match.get(Correlation.step(i)));
        }
        Signal first = signals.get(0);
        Signal last = signals.get(signals.size() - 1);
        Set<String> techniques = new LinkedHashSet<>(pattern.techniques());
        boolean complete = true;
        long lost = 0;
        long missing = 0;
        for (Signal signal : signals) {
            techniques.addAll(signal.getTechniques());
            Completeness completeness = signal.getCompleteness();
            complete &= completeness.getComplete();
            lost = Math.max(lost, completeness.getLostEvents());
            missing = Math.max(missing, completeness.getMissingBatches());
        }
        out.collect(Incident.newBuilder()
                .setId(Ids.of("incident", pattern.id(), key.getKey(first), first.getId())).setPattern(pattern.id())
                .setTitle(pattern.title()).setDescription(pattern.description()).setPriority(pattern.priority())
                .setTechniques(new ArrayList<>(techniques)).setWorkload(last.getWorkload()).setPod(last.getPod())
                .setFirstEventTime(first.getEventTime()).setLastEventTime(last.getEventTime())
                .setDetectedTime(clock.nanos()).setSignals(signals)
                .setCompleteness(new Completeness(complete, lost, missing)).build());
    }
}
