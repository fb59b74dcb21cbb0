package io.kubeguardian.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import io.kubeguardian.policy.Finding;
import io.kubeguardian.schema.AdmissionAudit;
import io.kubeguardian.schema.AdmissionFinding;
import io.kubeguardian.schema.AdmissionVerdict;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Topics;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Every answer as a record on {@code kubeguardian.admission-audit}. Texts and lists are cut: a record is a few kilobytes. */
final class AuditTrail {
    static final int MOST_FINDINGS = 64;
    private static final int MOST_REASONS = 10;
    private static final int LONGEST_REASON = 600;
    private static final int LONGEST_NAME = 300;
    private static final AvroCodec<AdmissionAudit> CODEC = AvroCodec.of(AdmissionAudit.class);

    private final String cluster;
    private final String instance;
    private final Outbox outbox;

    /**
     * @param cluster that the webhook serves
     * @param instance host name of this webhook
     */
    AuditTrail(String cluster, String instance, Outbox outbox) {
        this.cluster = cluster;
        this.instance = instance;
        this.outbox = outbox;
    }

    /**
     * Never waits; a record that does not fit is counted as lost.
     *
     * @param nowNanos nanoseconds since the Unix epoch
     * @param latencyNanos from the whole body to the answer
     */
    void add(AdmissionRequest request, Decision decision, AdmissionVerdict verdict, long nowNanos, long latencyNanos) {
        // Made here and not later: the record keeps texts alone, where a decision may hold on to the whole object.
        AdmissionAudit record = record(request, decision, verdict, nowNanos, latencyNanos);
        String key = record.getWorkload().isEmpty()
                ? record.getNamespace() + '/' + record.getKind() + '/' + record.getName() : record.getWorkload();
        outbox.send(Topics.ADMISSION_AUDIT, key, () -> CODEC.encode(record), () -> {});
    }

    private AdmissionAudit record(
            AdmissionRequest request, Decision decision, AdmissionVerdict verdict, long nowNanos, long latencyNanos) {
        boolean known = !Double.isNaN(decision.risk());
        List<String> reasons = decision.allowed() ? decision.warnings() : List.of(decision.message());
        return AdmissionAudit.newBuilder()
                .setUid(name(request.uid()))
                .setObjectUid(name(objectUid(request.object())))
                .setTime(nowNanos)
                .setCluster(cluster)
                .setWebhook(instance)
                .setOperation(request.operation().name())
                .setGroup(name(request.group()))
                .setKind(name(request.kind()))
                .setSubResource(name(request.subResource()))
                .setNamespace(name(request.namespace()))
                .setName(name(request.name()))
                .setUser(name(request.user()))
                .setWorkload(Text.oneLine(decision.workload(), 2 * LONGEST_NAME))
                .setVerdict(verdict)
                .setReasons(reasons.stream().limit(MOST_REASONS).map(reason -> Text.oneLine(reason, LONGEST_REASON)).toList())
                .setFindings(findings(decision.findings()))
                .setMoreFindings(Math.max(0, decision.findings().size() - MOST_FINDINGS))
                .setPolicies(decision.policies().stream().limit(MOST_FINDINGS).map(AuditTrail::name).toList())
                .setRisk(known ? decision.risk() : -1)
                .setRiskAgeMillis(known
                        ? Math.max(0, TimeUnit.NANOSECONDS.toMillis(nowNanos - decision.riskUpdatedNanos())) : -1)
                .setDryRun(request.dryRun())
                .setLatencyMicros(TimeUnit.NANOSECONDS.toMicros(latencyNanos))
                .build();
    }

    private static List<AdmissionFinding> findings(List<Finding> all) {
        return all.stream().sorted(Comparator.comparing(Finding::severity)).limit(MOST_FINDINGS)
                .map(finding -> new AdmissionFinding(finding.id(), finding.severity().label(), name(finding.path())))
                .toList();
    }

    private static String objectUid(JsonNode object) {
        return object.path("metadata").path("uid").asText("");
    }

    private static String name(String text) {
        return Text.oneLine(text, LONGEST_NAME);
    }
}
