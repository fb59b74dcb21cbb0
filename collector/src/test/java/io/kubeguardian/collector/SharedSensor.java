package io.kubeguardian.collector;

import io.kubeguardian.collector.attribute.CgroupTree;
import io.kubeguardian.collector.ring.RingReader;
import io.kubeguardian.collector.sensor.Sensor;
import io.kubeguardian.collector.sensor.SensorOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Sensors for all tests of a JVM that need none of their own, one for each set of options: loading and attaching takes
 * seconds on an emulated machine. They monitor a cgroup in which {@link TestCgroups#monitored()} makes those of the
 * tests.
 */
final class SharedSensor {
    private static final Map<SensorOptions, Sensor> SENSORS = new HashMap<>();
    private static TestCgroups cgroups;

    private SharedSensor() {}

    /** The cgroup that they monitor. */
    static synchronized Path root() throws IOException {
        if (cgroups == null) {
            cgroups = new TestCgroups();
            Runtime.getRuntime().addShutdownHook(new Thread(SharedSensor::close));
        }
        return cgroups.root();
    }

    static synchronized boolean monitors(CgroupTree tree) {
        return cgroups != null && tree.root().startsWith(cgroups.root());
    }

    /** With what earlier tests left in its rings thrown away. */
    static synchronized Sensor with(SensorOptions options) {
        Sensor sensor = SENSORS.computeIfAbsent(options, wanted -> Sensor.open(cgroups.tree(), wanted));
        empty(sensor.precious().reader());
        empty(sensor.bulk().reader());
        return sensor;
    }

    private static void empty(RingReader reader) {
        reader.drain(reader.produced(), (ring, offset, length) -> {});
    }

    private static synchronized void close() {
        SENSORS.values().forEach(Sensor::close);
        try {
            cgroups.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
