package io.kubeguardian.collector.health;

import io.kubeguardian.schema.ContainmentStatus;
import io.kubeguardian.schema.Loss;
import io.kubeguardian.schema.SensorMode;
import io.prometheus.client.Collector;
import io.prometheus.client.CounterMetricFamily;
import io.prometheus.client.GaugeMetricFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** The status as Prometheus metrics, read when they are scraped. */
public final class StatusMetrics extends Collector {
    private final Supplier<Status> status;

    public StatusMetrics(Supplier<Status> status) {
        this.status = status;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        Status now = status.get();
        List<MetricFamilySamples> families = new ArrayList<>();
        families.add(counter("events", "Events read from the kernel", now.eventsRead()));
        families.add(counter("opens_repeated", "Opens that were only counted: like one sent a moment before", now.opensRepeated()));
        families.add(counter("events_unattributed", "Events whose cgroup was not known", now.unattributed()));
        families.add(counter("batches_sent", "Batches that Kafka acknowledged", now.batchesSent()));
        families.add(counter("bytes_sent", "Encoded bytes that Kafka acknowledged, before compression", now.bytesSent()));
        families.add(counter("send_failures", "Records that Kafka did not take", now.sendFailures()));
        families.add(counter("calls_uncounted", "System calls that the counters per container had no room for",
                now.callsUncounted()));
        families.add(counter("sends_repeated",
                "Datagrams that were only counted: their socket had sent to the same place before", now.sendsRepeated()));
        families.add(counter("audit_records_lost", "Audit records of containments that were given up", now.auditRecordsLost()));
        families.add(gauge("queued_batches", "Batches waiting for Kafka", now.queuedBatches()));
        families.add(gauge("cgroups", "Cgroups known", now.cgroups()));
        families.add(gauge("resident_bytes", "Resident memory", now.residentBytes()));

        GaugeMetricFamily rings = new GaugeMetricFamily("kubeguardian_collector_ring_bytes",
                "Bytes waiting in the kernel's rings", List.of("ring"));
        rings.addMetric(List.of("precious"), now.preciousRingBytes());
        rings.addMetric(List.of("bulk"), now.bulkRingBytes());
        families.add(rings);

        CounterMetricFamily lost = new CounterMetricFamily("kubeguardian_collector_lost_events",
                "Events lost, by class and cause", List.of("class", "cause"));
        for (Loss loss : now.losses()) {
            lost.addMetric(List.of(lower(loss.getEventClass()), lower(loss.getCause())), loss.getCount());
        }
        families.add(lost);

        GaugeMetricFamily sensors = new GaugeMetricFamily("kubeguardian_collector_sensor_active",
                "1 while a sensor runs, by the hook in effect", List.of("sensor", "hook"));
        for (SensorMode mode : now.sensors()) {
            sensors.addMetric(List.of(mode.getSensor(), mode.getHook()), mode.getProblem().isEmpty() ? 1 : 0);
        }
        families.add(sensors);

        GaugeMetricFamily containments = new GaugeMetricFamily("kubeguardian_collector_containments",
                "Containments known, by state", List.of("state"));
        for (var state : io.kubeguardian.schema.ContainmentState.values()) {
            long count = now.containments().stream().map(ContainmentStatus::getState).filter(state::equals).count();
            containments.addMetric(List.of(lower(state)), count);
        }
        families.add(containments);
        return families;
    }

    private static MetricFamilySamples counter(String name, String help, double value) {
        return new CounterMetricFamily("kubeguardian_collector_" + name, help, value);
    }

    private static MetricFamilySamples gauge(String name, String help, double value) {
        return new GaugeMetricFamily("kubeguardian_collector_" + name, help, value);
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
