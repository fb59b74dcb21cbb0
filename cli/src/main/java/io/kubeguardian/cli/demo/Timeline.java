package io.kubeguardian.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.BatchEvents;
import io.kubeguardian.schema.CollectorHealth;
import io.kubeguardian.schema.Connect;
import io.kubeguardian.schema.ContainmentStatus;
import io.kubeguardian.schema.DeadLetter;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBits;
import io.kubeguardian.schema.Exec;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.RiskEntity;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.Topics;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What the topics said of the demo's pod, in the order of arrival, with the time of arrival; lets a caller wait for
 * something to be there. Thread safe.
 */
final class Timeline {
    /** Is told of each record as it arrives, in the order of arrival. */
    interface Listener {
        void signal(Arrived<Signal> signal);

        void incident(Arrived<Incident> incident);

        void risk(Arrived<RiskScore> risk);

        void decision(Arrived<Decision> decision);
    }

    /** @param at nanoseconds since the Unix epoch */
    record Arrived<T>(T record, long at) {
        double millisAfter(long eventTime) {
            return (at - eventTime) / 1e6;
        }
    }

    static final List<String> TOPICS = List.of(Topics.EVENTS, Topics.SIGNALS, Topics.INCIDENTS, Topics.ALERTS,
            Topics.RISK, Topics.DECISIONS, Topics.PROFILES, Topics.COLLECTOR_HEALTH, Topics.DEAD_LETTERS);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final AvroCodec<EventBatch> BATCH = AvroCodec.of(EventBatch.class);
    private static final AvroCodec<Signal> SIGNAL = AvroCodec.of(Signal.class);
    private static final AvroCodec<Incident> INCIDENT = AvroCodec.of(Incident.class);
    private static final AvroCodec<RiskScore> RISK = AvroCodec.of(RiskScore.class);
    private static final AvroCodec<Decision> DECISION = AvroCodec.of(Decision.class);
    private static final AvroCodec<Profile> PROFILE = AvroCodec.of(Profile.class);
    private static final AvroCodec<CollectorHealth> HEALTH = AvroCodec.of(CollectorHealth.class);
    private static final AvroCodec<DeadLetter> DEAD_LETTER = AvroCodec.of(DeadLetter.class);

    private final String podUid;
    private final Listener listener;
    private final List<EventBatch> batches = new ArrayList<>();
    private final List<Arrived<Signal>> signals = new ArrayList<>();
    private final List<Arrived<Incident>> incidents = new ArrayList<>();
    private final List<Arrived<RiskScore>> risks = new ArrayList<>();
    private final List<Arrived<Profile>> profiles = new ArrayList<>();
    private final Map<String, ContainmentStatus> containments = new TreeMap<>();
    private final Set<String> alertIds = new TreeSet<>();
    private final List<String> problems = new ArrayList<>();
    private CollectorHealth health;
    private long events;
    private long eventBytes;
    private int execsKilled;
    private final Set<String> refusedDestinations = new TreeSet<>();

    Timeline(String podUid, Listener listener) {
        this.podUid = podUid;
        this.listener = listener;
    }

    /** Takes in one record of {@link #TOPICS}. */
    void accept(ConsumerRecord<byte[], byte[]> record) {
        long now = nanosNow();
        try {
            switch (record.topic()) {
                case Topics.EVENTS -> batch(BATCH.decode(record.value()), record.value().length);
                case Topics.SIGNALS -> {
                    Arrived<Signal> signal = new Arrived<>(SIGNAL.decode(record.value()), now);
                    add(signals, signal);
                    listener.signal(signal);
                }
                case Topics.INCIDENTS -> {
                    Arrived<Incident> incident = new Arrived<>(INCIDENT.decode(record.value()), now);
                    add(incidents, incident);
                    listener.incident(incident);
                }
                case Topics.RISK -> {
                    Arrived<RiskScore> risk = new Arrived<>(RISK.decode(record.value()), now);
                    if (risk.record().getEntity() == RiskEntity.WORKLOAD) {
                        add(risks, risk);
                        listener.risk(risk);
                    }
                }
                case Topics.DECISIONS -> listener.decision(new Arrived<>(DECISION.decode(record.value()), now));
                case Topics.PROFILES -> add(profiles, new Arrived<>(PROFILE.decode(record.value()), now));
                case Topics.ALERTS -> alert(JSON.readTree(record.value()));
                case Topics.COLLECTOR_HEALTH -> health(HEALTH.decode(record.value()));
                case Topics.DEAD_LETTERS -> {
                    DeadLetter letter = DEAD_LETTER.decode(record.value());
                    add(problems, letter.getComponent() + " rejected a record of " + letter.getTopic() + ": "
                            + letter.getReason());
                }
                default -> throw new IllegalStateException("not followed: " + record.topic());
            }
        } catch (MalformedRecordException | IOException e) {
            add(problems, record.topic() + ": " + e.getMessage());
        }
    }

    private synchronized <T> void add(List<T> list, T item) {
        list.add(item);
        notifyAll();
    }

    private synchronized void batch(EventBatch batch, int bytes) {
        if (!batch.getPodUid().equals(podUid)) {
            return;
        }
        batches.add(batch);
        events += BatchEvents.count(batch);
        eventBytes += bytes;
        for (Exec exec : batch.getExecs()) {
            execsKilled += (exec.getFlags() & EventBits.EXEC_KILLED) != 0 ? 1 : 0;
        }
        for (Connect connect : batch.getConnects()) {
            if ((connect.getFlags() & EventBits.CONNECT_REFUSED) != 0) {
                refusedDestinations.add(batch.getStrings().get(connect.getAddress()) + ':' + connect.getPort());
            }
        }
        notifyAll();
    }

    private synchronized void alert(JsonNode alert) {
        alertIds.add(alert.path("finding_info").path("uid").asText());
        notifyAll();
    }

    private synchronized void health(CollectorHealth record) {
        health = record;
        for (ContainmentStatus status : record.getContainments()) {
            if (status.getPodUid().equals(podUid)) {
                containments.put(status.getDecisionId(), status);
            }
        }
        notifyAll();
    }

    /** Waits until {@code found} finds something, and returns it; empty when it has not within {@code patience}. */
    synchronized <T> Optional<T> await(Duration patience, Supplier<Optional<T>> found) {
        long end = System.nanoTime() + patience.toNanos();
        try {
            for (Optional<T> result = found.get(); ; result = found.get()) {
                long left = (end - System.nanoTime()) / 1_000_000;
                if (result.isPresent() || left <= 0) {
                    return result;
                }
                wait(Math.min(left, 100));
            }
        } catch (InterruptedException e) {
            throw new Interrupted(e);
        }
    }

    synchronized List<EventBatch> batches() {
        return List.copyOf(batches);
    }

    synchronized List<Arrived<Profile>> profiles() {
        return List.copyOf(profiles);
    }

    synchronized List<Arrived<Signal>> signals() {
        return List.copyOf(signals);
    }

    synchronized List<Arrived<Incident>> incidents() {
        return List.copyOf(incidents);
    }

    synchronized List<Arrived<RiskScore>> risks() {
        return List.copyOf(risks);
    }

    synchronized List<ContainmentStatus> containments() {
        return List.copyOf(containments.values());
    }

    /** {@code finding_info.uid} of every alert on {@code kubeguardian.alerts}. */
    synchronized Set<String> alertIds() {
        return Set.copyOf(alertIds);
    }

    /** Dead letters and unreadable records: none in a sound run. */
    synchronized List<String> problems() {
        return List.copyOf(problems);
    }

    synchronized Optional<CollectorHealth> health() {
        return Optional.ofNullable(health);
    }

    synchronized long events() {
        return events;
    }

    /** Encoded bytes of the pod's batches, before Kafka's compression. */
    synchronized long eventBytes() {
        return eventBytes;
    }

    synchronized int execsKilled() {
        return execsKilled;
    }

    /** address:port of every connection that the kernel refused. */
    synchronized Set<String> refusedDestinations() {
        return Set.copyOf(refusedDestinations);
    }

    static long nanosNow() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }
}
