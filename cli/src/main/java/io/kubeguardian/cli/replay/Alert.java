package io.kubeguardian.cli.replay;

import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.Signal;
import java.time.Instant;
import java.util.List;

/**
 * A signal or an incident, as the report has it.
 *
 * @param id deterministic: the same events and the same rule give the same id
 * @param rule name of the rule, or of the pattern with "incident: " before it
 */
record Alert(String id, String time, String priority, String rule, String workload, String pod, String output,
        List<String> techniques) {
    static Alert of(Signal signal) {
        return new Alert(signal.getId(), time(signal.getEventTime()), signal.getPriority().name(), signal.getRule(),
                signal.getWorkload().getNamespace() + '/' + signal.getWorkload().getKind() + '/'
                        + signal.getWorkload().getName(),
                signal.getPod().getName(), signal.getOutput(), signal.getTechniques());
    }

    static Alert of(Incident incident) {
        return new Alert(incident.getId(), time(incident.getLastEventTime()), incident.getPriority().name(),
                "incident: " + incident.getPattern(),
                incident.getWorkload().getNamespace() + '/' + incident.getWorkload().getKind() + '/'
                        + incident.getWorkload().getName(),
                incident.getPod().getName(),
                String.join(" → ", incident.getSignals().stream().map(Signal::getRule).toList()), incident.getTechniques());
    }

    private static String time(long nanos) {
        return Instant.ofEpochSecond(0, nanos).toString();
    }
}
