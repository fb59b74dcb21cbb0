package io.kubeguardian.cli.report;

import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.stack.TopicContents;
import io.kubeguardian.schema.AdmissionAudit;
import io.kubeguardian.schema.AdmissionVerdict;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.ContainmentAudit;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.RiskEntity;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What a report is made of, from the topics as they stand. */
final class ReportTopics {
    private final Map<String, Object> client;

    /** @param client Kafka client properties */
    ReportTopics(Map<String, Object> client) {
        this.client = client;
    }

    /** All revisions of all incidents, as they were told; a record that came twice stands once. */
    List<Incident> incidents() {
        Map<String, Incident> revisions = new LinkedHashMap<>();
        all(Topics.INCIDENTS, Incident.class).forEach(
                incident -> revisions.putIfAbsent(incident.getId() + '/' + incident.getRevision(), incident));
        return List.copyOf(revisions.values());
    }

    List<Signal> signals() {
        Map<String, Signal> signals = new LinkedHashMap<>();
        all(Topics.SIGNALS, Signal.class).forEach(signal -> signals.putIfAbsent(signal.getId(), signal));
        return List.copyOf(signals.values());
    }

    /** Those that the topic still has: a later one about the same container takes an earlier one's place there. */
    List<Decision> decisions() {
        return List.copyOf(all(Topics.DECISIONS, Decision.class));
    }

    List<ContainmentAudit> audit() {
        Map<String, ContainmentAudit> steps = new LinkedHashMap<>();
        all(Topics.CONTAINMENT_AUDIT, ContainmentAudit.class).forEach(step -> steps.putIfAbsent(step.getId(), step));
        return List.copyOf(steps.values());
    }

    /**
     * What the webhook refused, dry runs left out; told from a time on, because the topic has every answer of a year. What is
     * older is left out as far as the broker knows.
     */
    List<AdmissionAudit> refusals(Instant from) {
        AvroCodec<AdmissionAudit> codec = AvroCodec.of(AdmissionAudit.class);
        List<AdmissionAudit> refusals = new ArrayList<>();
        TopicContents.each(client, Topics.ADMISSION_AUDIT, from, record -> decoded(record, codec)
                .filter(answer -> answer.getVerdict() == AdmissionVerdict.DENIED && !answer.getDryRun()).ifPresent(refusals::add));
        return refusals;
    }

    /** The present risk of each workload. */
    Map<String, RiskScore> risk() {
        Map<String, RiskScore> latest = new LinkedHashMap<>();
        all(Topics.RISK, RiskScore.class).stream().filter(score -> score.getEntity() == RiskEntity.WORKLOAD)
                .forEach(score -> latest.put(Keys.workload(score.getWorkload()), score));
        return latest;
    }

    /** Records that cannot be read are named on standard error. */
    private <T extends SpecificRecordBase> List<T> all(String topic, Class<T> type) {
        AvroCodec<T> codec = AvroCodec.of(type);
        List<T> records = new ArrayList<>();
        TopicContents.each(client, topic, Instant.EPOCH, record -> decoded(record, codec).ifPresent(records::add));
        return records;
    }

    private static <T extends SpecificRecordBase> Optional<T> decoded(ConsumerRecord<byte[], byte[]> record, AvroCodec<T> codec) {
        try {
            return record.value() == null ? Optional.empty() : Optional.of(codec.decode(record.value()));
        } catch (MalformedRecordException e) {
            System.err.println("kubeguardian: " + record.topic() + " offset " + record.offset() + ": "
                    + Texts.line(e.getMessage()));
            return Optional.empty();
        }
    }
}
