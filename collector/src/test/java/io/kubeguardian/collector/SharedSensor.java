package io.kubeguardian.collector;

import io.kubeguardian.collector.attribute.CgroupTree;
import io.kubeguardian.collector.sensor.Sensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * One sensor for all tests of a JVM that need none of their own: loading and attaching takes seconds on an emulated
 * machine. It monitors a cgroup in which {@link TestCgroups#monitored()} makes those of the tests.
 */
final class SharedSensor {
    private static SharedSensor instance;

    private final TestCgroups cgroups;
    private final Sensor sensor;

    private SharedSensor() throws IOException {
        cgroups = new TestCgroups();
        sensor = Sensor.open(cgroups.tree(), SensorHarness.options(1 << 18, 1 << 18, 0));
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    }

    private static synchronized SharedSensor instance() throws IOException {
        if (instance == null) {
            instance = new SharedSensor();
        }
        return instance;
    }

    /** The cgroup that it monitors. */
    static Path root() throws IOException {
        return instance().cgroups.root();
    }

    /** The sensor when it monitors this tree, with what earlier tests left in it thrown away; null when it does not. */
    static synchronized Sensor of(CgroupTree tree) {
        if (instance == null || !tree.root().startsWith(instance.cgroups.root())) {
            return null;
        }
        Sensor sensor = instance.sensor;
        sensor.precious().reader().drain(sensor.precious().reader().produced(), (ring, offset, length) -> {});
        sensor.bulk().reader().drain(sensor.bulk().reader().produced(), (ring, offset, length) -> {});
        return sensor;
    }

    private void close() {
        sensor.close();
        try {
            cgroups.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
