package io.kubeguardian.cli.report;

import io.kubeguardian.cli.stack.DecodedRecords;
import io.kubeguardian.cli.stack.TopicContents;
import io.kubeguardian.schema.AdmissionAudit;
import io.kubeguardian.schema.AdmissionVerdict;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.ContainmentAudit;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.RiskEntity;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * What a report is made of, from the topics as they stand. What may be much is handed over one by one, from the time on that
 * the report is about: topics keep a month of signals and a year of answers.
 */
final class ReportTopics {
    /** Records have the time at which they were sent: after what they tell of, but for clocks that do not agree. */
    private static final Duration CLOCKS = Duration.ofHours(1);

    private final Map<String, Object> client;

    /** @param client Kafka client properties */
    ReportTopics(Map<String, Object> client) {
        this.client = client;
    }

    /** Revisions of incidents that were told from a time on, as they were told; one that came twice is handed over once. */
    void incidents(Instant from, Consumer<Incident> take) {
        Set<String> revisions = new HashSet<>();
        each(Topics.INCIDENTS, Incident.class, from, incident -> {
            if (revisions.add(incident.getId() + '/' + incident.getRevision())) {
                take.accept(incident);
            }
        });
    }

    /** Signals that were told from a time on; one that came twice is handed over once. */
    void signals(Instant from, Consumer<Signal> take) {
        Set<String> ids = new HashSet<>();
        each(Topics.SIGNALS, Signal.class, from, signal -> {
            if (ids.add(signal.getId())) {
                take.accept(signal);
            }
        });
    }

    /** Those that the topic still has: a later one about the same container takes an earlier one's place there. */
    List<Decision> decisions() {
        return List.copyOf(latest(Topics.DECISIONS, Decision.class).values());
    }

    /** Steps of containments that were told from a time on. */
    List<ContainmentAudit> audit(Instant from) {
        Map<String, ContainmentAudit> steps = new LinkedHashMap<>();
        each(Topics.CONTAINMENT_AUDIT, ContainmentAudit.class, from, step -> steps.putIfAbsent(step.getId(), step));
        return List.copyOf(steps.values());
    }

    /** What the webhook refused, dry runs left out, from a time on. */
    List<AdmissionAudit> refusals(Instant from) {
        List<AdmissionAudit> refusals = new ArrayList<>();
        each(Topics.ADMISSION_AUDIT, AdmissionAudit.class, from, answer -> {
            if (answer.getVerdict() == AdmissionVerdict.DENIED && !answer.getDryRun()) {
                refusals.add(answer);
            }
        });
        return refusals;
    }

    /** The present risk of each workload. */
    Map<String, RiskScore> risk() {
        Map<String, RiskScore> workloads = new LinkedHashMap<>();
        latest(Topics.RISK, RiskScore.class).values().stream().filter(score -> score.getEntity() == RiskEntity.WORKLOAD)
                .forEach(score -> workloads.put(Keys.workload(score.getWorkload()), score));
        return workloads;
    }

    private <T extends SpecificRecordBase> Map<String, T> latest(String topic, Class<T> type) {
        return DecodedRecords.latest(client, topic, AvroCodec.of(type), "");
    }

    private <T extends SpecificRecordBase> void each(String topic, Class<T> type, Instant from, Consumer<T> take) {
        AvroCodec<T> codec = AvroCodec.of(type);
        TopicContents.each(client, topic, from.minus(CLOCKS), record -> DecodedRecords.value(codec, record).ifPresent(take));
    }
}
