package io.kubeguardian.detection;

import io.kubeguardian.process.ProcessRefs;
import io.kubeguardian.process.TreeProcess;
import io.kubeguardian.rules.ContainerView;
import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Ids;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;

/**
 * Makes the signals of one batch. Their texts are bounded: a command line is whatever its author wants, and a record
 * too large for Kafka would stop the job, again and again. The bounds leave a story of four signals below Kafka's
 * usual 1 MB as Avro and as an alert, even if JSON has to write every character as six.
 */
final class SignalFactory {
    static final int MAX_OUTPUT = 4096;
    static final int MAX_FIELD = 2048;

    private final EventBatch batch;
    private final PodContext pod;
    private final Completeness completeness;
    private final long now;

    /**
     * @param now the job's clock, nanoseconds since the Unix epoch
     */
    SignalFactory(EventBatch batch, PodContext pod, Completeness completeness, long now) {
        this.batch = batch;
        this.pod = pod;
        this.completeness = completeness;
        this.now = now;
    }

    Signal rule(Hit hit, TreeProcess process, ContainerView container, long eventTime, long heldBack) {
        Signal signal = about(process, container, eventTime, hit.rule(), hit.rule());
        signal.setKind(hit.kind());
        signal.setScore(hit.score());
        signal.setContributions(hit.contributions());
        signal.setPriority(hit.priority());
        signal.setTags(new ArrayList<>(hit.tags()));
        signal.setTechniques(new ArrayList<>(hit.techniques()));
        signal.setOutput(ProcessRefs.cut(hit.output(), MAX_OUTPUT));
        Map<String, String> fields = new HashMap<>(hit.outputFields());
        fields.replaceAll((name, value) -> ProcessRefs.cut(value, MAX_FIELD));
        if (heldBack > 0) {
            fields.put("kubeguardian.repeats", Long.toString(heldBack));
        }
        signal.setOutputFields(fields);
        return signal;
    }

    /**
     * @param cause lost, missing, crash or unwatched
     * @param what identifies the gap, for the id
     */
    Signal gap(String cause, String what, String output, Map<String, String> fields, long eventTime) {
        Signal signal = empty(eventTime);
        signal.setId(Ids.of("gap." + cause, Keys.events(batch), batch.getBootId(), what));
        signal.setKind(SignalKind.GAP);
        signal.setRule("gap." + cause);
        signal.setPriority(Priority.WARNING);
        signal.setOutput(output);
        signal.setOutputFields(new HashMap<>(fields));
        return signal;
    }

    /** How often something was held back after the signal about it. */
    Signal repeats(Repeat repeat) {
        Signal signal = empty(repeat.until);
        signal.setId(Ids.of("held.repeats", repeat.signal, repeat.until));
        signal.setKind(SignalKind.HELD);
        signal.setRule("held.repeats");
        signal.setPriority(repeat.priority == null || repeat.priority.isEmpty()
                ? Priority.NOTICE : Priority.valueOf(repeat.priority)); // state of an older version says nothing
        signal.setContainerId(repeat.containerId);
        signal.setOutput(ProcessRefs.cut(repeat.rule, MAX_FIELD) + ": " + repeat.count + " more of the same held back after signal "
                + repeat.signal);
        signal.setOutputFields(new HashMap<>(Map.of("kubeguardian.repeats", Long.toString(repeat.count),
                "kubeguardian.repeats_of", repeat.signal, "kubeguardian.rule", ProcessRefs.cut(repeat.rule, MAX_FIELD))));
        return signal;
    }

    private Signal about(
            TreeProcess process, ContainerView container, long eventTime, String rule, String identity) {
        Signal signal = empty(eventTime);
        signal.setId(Ids.of(identity, Keys.events(batch), batch.getBootId(), process.pid(), process.startTime(),
                eventTime));
        signal.setRule(rule);
        signal.setContainerId(container.id());
        signal.setImage(container.image());
        signal.setProcess(ProcessRefs.of(batch.getBootId(), process, ProcessRefs.MAX_ARGS));
        signal.setAncestors(ProcessRefs.ancestors(batch.getBootId(), process));
        return signal;
    }

    private Signal empty(long eventTime) {
        Signal signal = new Signal();
        signal.setTags(new ArrayList<>());
        signal.setTechniques(new ArrayList<>());
        signal.setAncestors(new ArrayList<>());
        signal.setEventTime(eventTime);
        signal.setDetectedTime(now);
        signal.setWorkload(pod.workload());
        signal.setPod(pod.pod());
        signal.setContainerId("");
        signal.setImage("");
        signal.setOutput("");
        signal.setCompleteness(completeness);
        signal.setOrigin("");
        signal.setUnmapped(new HashMap<>());
        signal.setContributions(new ArrayList<>());
        return signal;
    }
}
