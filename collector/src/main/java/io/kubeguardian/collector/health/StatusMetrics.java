package io.kubeguardian.collector.health;

import io.kubeguardian.collector.attribute.AttributionCounts;
import io.kubeguardian.collector.batch.KindCounters;
import io.kubeguardian.collector.ship.BacklogStatus;
import io.kubeguardian.collector.ship.KafkaErrors;
import io.kubeguardian.collector.ship.ShipperStatus;
import io.kubeguardian.schema.ContainmentState;
import io.kubeguardian.schema.ContainmentStatus;
import io.kubeguardian.schema.EventClass;
import io.kubeguardian.schema.Loss;
import io.kubeguardian.schema.LossCause;
import io.kubeguardian.schema.SensorMode;
import io.prometheus.client.Collector;
import io.prometheus.client.CounterMetricFamily;
import io.prometheus.client.GaugeMetricFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** The status as Prometheus metrics, read when they are scraped. docs/metrics.md lists them; a test compares. */
public final class StatusMetrics extends Collector {
    private static final String PREFIX = "kubeguardian_collector_";

    private final Supplier<Status> status;

    public StatusMetrics(Supplier<Status> status) {
        this.status = status;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        Status now = status.get();
        List<MetricFamilySamples> families = new ArrayList<>();
        events(now, families);
        rings(now, families);
        kafka(now.kafka(), now.batches(), families);
        sensors(now, families);
        families.add(gauge("epoch", "When the epoch began, milliseconds since the Unix epoch", now.origin().epoch()));
        families.add(gauge("unwatched_seconds", "Time of this epoch in which no collector ran",
                now.origin().unwatchedMillis() / 1000.0));
        families.add(gauge("resident_bytes", "Resident memory", now.residentBytes()));
        families.add(gauge("ready", "1 while events reach Kafka", now.notReady().isEmpty() ? 1 : 0));
        return families;
    }

    private static void events(Status now, List<MetricFamilySamples> families) {
        CounterMetricFamily kinds = counter("events", "Events in closed batches", "class", "kind");
        for (KindCounters.Count count : now.kinds()) {
            kinds.addMetric(List.of(lower(count.eventClass()), count.kind()), count.events());
        }
        families.add(kinds);
        CounterMetricFamily lost = counter("lost_events", "Events lost in this epoch", "class", "cause");
        for (EventClass eventClass : EventClass.values()) {
            for (LossCause cause : LossCause.values()) {
                long count = lost(now.losses(), eventClass, cause);
                if (count > 0 || expected(eventClass, cause)) {
                    lost.addMetric(List.of(lower(eventClass), lower(cause)), count);
                }
            }
        }
        families.add(lost);
        families.add(counter("opens_repeated", "Opens that were only counted: like one sent a moment before",
                now.opensRepeated()));
        families.add(counter("sends_repeated",
                "Datagrams that were only counted: their socket had sent to the same place before", now.sendsRepeated()));
        families.add(counter("calls_uncounted", "System calls that the counters per container had no room for",
                now.callsUncounted()));
        families.add(counter("programs_missed", "Runs of programs that the kernel skipped: they were running already",
                now.programsMissed()));
        AttributionCounts attributions = now.attributions();
        families.add(counter("events_unattributed", "Events whose cgroup was not known", attributions.failures()));
        families.add(counter("events_outside_pods", "Events of cgroups that belong to no pod", attributions.outsidePods()));
        families.add(gauge("cgroups", "Cgroups known", attributions.cgroups()));
        CounterMetricFamily changes = counter("cgroup_changes", "Cgroups that came and went", "change");
        changes.addMetric(List.of("created"), attributions.created());
        changes.addMetric(List.of("removed"), attributions.removed());
        families.add(changes);
    }

    /** What can be lost is there from the start, with zero: a rate needs two values. */
    private static boolean expected(EventClass eventClass, LossCause cause) {
        return cause == LossCause.UNREADABLE ? eventClass == EventClass.OTHER
                : eventClass != EventClass.OTHER && cause != LossCause.OTHER;
    }

    private static long lost(List<Loss> losses, EventClass eventClass, LossCause cause) {
        return losses.stream().filter(l -> l.getEventClass() == eventClass && l.getCause() == cause)
                .mapToLong(Loss::getCount).sum();
    }

    private static void rings(Status now, List<MetricFamilySamples> families) {
        GaugeMetricFamily used = gauge("ring_used_bytes", "Bytes in the ring that are not read yet", "ring");
        GaugeMetricFamily size = gauge("ring_size_bytes", "Size of the ring", "ring");
        CounterMetricFamily read = counter("ring_read_bytes", "Bytes read from the ring", "ring");
        for (Status.Ring ring : now.rings()) {
            used.addMetric(List.of(ring.name()), ring.usedBytes());
            size.addMetric(List.of(ring.name()), ring.sizeBytes());
            read.addMetric(List.of(ring.name()), ring.readBytes());
        }
        families.addAll(List.of(used, size, read));
    }

    private static void kafka(ShipperStatus kafka, long batches, List<MetricFamilySamples> families) {
        BacklogStatus backlog = kafka.backlog();
        families.add(counter("batches", "Batches closed", batches));
        families.add(counter("batches_sent", "Batches that Kafka acknowledged", kafka.batchesSent()));
        families.add(counter("bytes_sent", "Encoded bytes of those, before compression", kafka.bytesSent()));
        families.add(counter("records_lost", "Records of any topic that Kafka did not take", kafka.recordsLost()));
        families.add(counter("audit_records_lost", "Those of them that were containment's audit", kafka.auditRecordsLost()));
        GaugeMetricFamily records = gauge("backlog_records", "Records that Kafka has not acknowledged", "state");
        records.addMetric(List.of("waiting"), backlog.waiting());
        records.addMetric(List.of("in_flight"), backlog.inFlight());
        GaugeMetricFamily bytes = gauge("backlog_bytes", "Bytes that they take", "state");
        bytes.addMetric(List.of("waiting"), backlog.waitingBytes());
        bytes.addMetric(List.of("in_flight"), backlog.inFlightBytes());
        families.addAll(List.of(records, bytes));
        families.add(gauge("backlog_limit_bytes", "Bytes that they may take", backlog.limitBytes()));
        families.add(gauge("kafka_stalled_seconds",
                "How long Kafka has acknowledged nothing though there is something to acknowledge",
                backlog.stalledNanos() / 1e9));
        CounterMetricFamily errors = counter("kafka_errors", "What Kafka's clients complained of", "kind");
        for (KafkaErrors.Kind kind : KafkaErrors.Kind.values()) {
            errors.addMetric(List.of(lower(kind)), kafka.errors().getOrDefault(kind, 0L));
        }
        families.add(errors);
    }

    private static void sensors(Status now, List<MetricFamilySamples> families) {
        GaugeMetricFamily sensors = gauge("sensor_active", "1 while a sensor runs, by the hook in effect", "sensor", "hook");
        for (SensorMode mode : now.sensors()) {
            sensors.addMetric(List.of(mode.getSensor(), mode.getHook()), mode.getProblem().isEmpty() ? 1 : 0);
        }
        families.add(sensors);
        GaugeMetricFamily containments = gauge("containments", "Containments known", "state");
        for (ContainmentState state : ContainmentState.values()) {
            long count = now.containments().stream().map(ContainmentStatus::getState).filter(state::equals).count();
            containments.addMetric(List.of(lower(state)), count);
        }
        families.add(containments);
    }

    private static CounterMetricFamily counter(String name, String help, String... labels) {
        return new CounterMetricFamily(PREFIX + name, help, List.of(labels));
    }

    private static MetricFamilySamples counter(String name, String help, double value) {
        return new CounterMetricFamily(PREFIX + name, help, value);
    }

    private static GaugeMetricFamily gauge(String name, String help, String... labels) {
        return new GaugeMetricFamily(PREFIX + name, help, List.of(labels));
    }

    private static MetricFamilySamples gauge(String name, String help, double value) {
        return new GaugeMetricFamily(PREFIX + name, help, value);
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
