package io.kubeguardian.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.kubeguardian.config.AdmissionSettings;
import io.kubeguardian.config.KafkaSettings;
import io.kubeguardian.config.WebhookSettings;
import io.kubeguardian.policy.InvalidObjectException;
import io.kubeguardian.schema.AdmissionAudit;
import io.kubeguardian.schema.AdmissionVerdict;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at pods that came into the cluster without a decision: the webhook was away or not ready, had no time, or could not read
 * the review, and its {@code failurePolicy} let them through. The audit topic tells which: a validating review of a new pod
 * carries the UID that the pod has from then on. What is wrong with them is told to audit (verdict SLIPPED) and posture.
 * Between two looks only the UIDs of pods that are settled are kept, so that not all of the topic is read each time; that a pod
 * was told of stands on the topic as well. Used by one thread.
 *
 * <p>Looked at is what asks about pods themselves; changes to a pod (ephemeral containers) that slipped leave no mark.
 */
public final class SlippedPods implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SlippedPods.class);
    private static final AvroCodec<AdmissionAudit> CODEC = AvroCodec.of(AdmissionAudit.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** A decision is on the topic some time after its pod is there; while the broker is away, later. */
    static final Duration GRACE = Duration.ofMinutes(2);
    private static final int QUEUE = 10_000;
    /** Pods of one workload within this are told of its posture once. */
    private static final Duration TOGETHER = Duration.ofSeconds(10);

    /** After which a pod need not be looked at. */
    private static final Set<AdmissionVerdict> DECIDED = EnumSet.of(AdmissionVerdict.ALLOWED, AdmissionVerdict.WARNED,
            AdmissionVerdict.DENIED, AdmissionVerdict.SLIPPED);

    private final Map<String, Object> client;
    private final Duration window;
    private final Clock clock;
    private final Decider decider;
    private final WebhookMetrics metrics = new WebhookMetrics();
    private final Outbox outbox;
    private final AuditTrail audit;
    private final PosturePublisher postures;
    /** Decided about, or told; as many as there are pods at most. */
    private final Set<String> settled = new HashSet<>();

    /**
     * @param cluster that the pods are in
     * @param instance who looks, for the audit
     * @param window how far back pods are looked at
     * @throws io.kubeguardian.config.ConfigException when the Kafka settings cannot be used
     */
    public SlippedPods(
            KafkaSettings kafka, WebhookSettings settings, AdmissionSettings admission, String cluster, String instance,
            Duration window, Clock clock) {
        this.window = window;
        this.clock = clock;
        // A risk of now says nothing about what would have been decided then.
        this.decider = new Decider(cluster, settings.denyAtRisk(), settings.denyPrivileged(), admission, Knowledge.none());
        this.outbox = new Outbox(kafka, QUEUE, metrics);
        this.audit = new AuditTrail(cluster, instance, outbox);
        this.postures = new PosturePublisher(settings.riskLimit(), TOGETHER, outbox, metrics);
        this.client = kafka.client();
        client.put("enable.metrics.push", false);
        client.put("metric.reporters", ""); // no JMX
        client.put("allow.auto.create.topics", false);
        client.put("enable.auto.commit", false);
        client.put("client.id", "kubeguardian-slipped-pods");
    }

    /**
     * Looks at those among the pods that nothing was decided about.
     *
     * @param pods as the API server has them; gone through twice, so that no more than one is held at a time
     * @return how many were told
     * @throws KafkaException when the audit topic cannot be read
     */
    public int look(Iterable<JsonNode> pods) {
        Instant now = clock.instant();
        Set<String> due = new HashSet<>();
        Set<String> undecided = new HashSet<>();
        Instant oldest = now;
        for (JsonNode pod : pods) {
            JsonNode metadata = pod.path("metadata");
            if (!metadata.has("deletionTimestamp") && !decider.exemptions().holdIn(metadata.path("namespace").asText())
                    && isDue(metadata.path("creationTimestamp").asText(), now)) {
                String uid = metadata.path("uid").asText();
                due.add(uid);
                if (!settled.contains(uid)) {
                    undecided.add(uid);
                    Instant created = Instant.parse(metadata.path("creationTimestamp").asText());
                    oldest = created.isBefore(oldest) ? created : oldest;
                }
            }
        }
        settled.retainAll(due);
        if (undecided.isEmpty()) {
            return 0;
        }
        // A review of it can be older than the time that the pod says it was made, as far as clocks differ.
        readAudit(oldest.minus(GRACE), record -> {
            if (DECIDED.contains(record.getVerdict()) && !record.getDryRun() && undecided.remove(record.getObjectUid())) {
                settled.add(record.getObjectUid());
            }
        });
        int told = 0;
        for (JsonNode pod : pods) {
            String uid = pod.path("metadata").path("uid").asText();
            if (undecided.remove(uid)) {
                tell(pod, now); // settled once that stands on the topic
                told++;
            }
        }
        return told;
    }

    private boolean isDue(String created, Instant now) {
        try {
            Instant time = Instant.parse(created);
            return time.isAfter(now.minus(window)) && time.isBefore(now.minus(GRACE));
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    private void tell(JsonNode pod, Instant now) {
        JsonNode metadata = pod.path("metadata");
        AdmissionRequest request = new AdmissionRequest("", "", "Pod", AdmissionRequest.Operation.CREATE, "",
                metadata.path("namespace").asText(), metadata.path("name").asText(), pod, MissingNode.getInstance(), false, "",
                List.of(), JsonNodeFactory.instance.objectNode());
        try {
            Decision decision = decider.decide(request, Nanos.of(now));
            audit.add(request, decision, AdmissionVerdict.SLIPPED, Nanos.of(now), 0);
            postures.admitted(decision.workload(), decision.findings(), Nanos.of(now));
            LOG.warn("event=slipped workload={} pod={} wouldBeDeniedBy={} findings={}", Text.oneLine(decision.workload(), 600),
                    Text.oneLine(request.name(), 300), String.join(",", decision.deniedBy()), decision.findings().size());
        } catch (InvalidObjectException e) {
            LOG.warn("event=slipped-unreadable pod={} cause=\"{}\"", Text.oneLine(request.name(), 300), e.getMessage());
        }
    }

    private void readAudit(Instant from, Consumer<AdmissionAudit> take) {
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(Topics.ADMISSION_AUDIT, PATIENCE).stream()
                    .map(p -> new TopicPartition(p.topic(), p.partition())).toList();
            if (partitions.isEmpty()) {
                throw new KafkaException("topic " + Topics.ADMISSION_AUDIT + " does not exist yet");
            }
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, PATIENCE);
            consumer.offsetsForTimes(partitions.stream().collect(Collectors.toMap(p -> p, p -> from.toEpochMilli())), PATIENCE)
                    .forEach((partition, found) ->
                            consumer.seek(partition, found == null ? ends.get(partition) : found.offset()));
            while (partitions.stream().anyMatch(p -> consumer.position(p, PATIENCE) < ends.get(p))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    try {
                        take.accept(CODEC.decode(record.value()));
                    } catch (MalformedRecordException e) {
                        LOG.warn("malformed record topic={} partition={} offset={}", record.topic(), record.partition(),
                                record.offset());
                    }
                }
            }
        }
    }

    @Override
    public void close() {
        outbox.close();
    }
}
