package io.kubeguardian.collector;

import io.kubeguardian.collector.attribute.CgroupTree;
import io.kubeguardian.collector.contain.Authority;
import io.kubeguardian.collector.contain.KernelContainment;
import io.kubeguardian.collector.contain.KernelContainment.Stopped;
import io.kubeguardian.collector.ffm.Libc;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.ContainmentExceptions;
import io.kubeguardian.schema.SensorMode;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** A container that the kernel contains when the test says so, one beside it, and the sensor that does it. */
final class ContainedContainer implements AutoCloseable {
    static final int KILLED = 128 + 9;
    static final int EPERM = 1;
    private static final long HOUR = 3_600_000_000_000L;

    final TestCgroups cgroups = new TestCgroups();
    final SensorHarness seen = new SensorHarness(cgroups.tree());
    final KernelContainment kernel = seen.sensor.containments();
    final Path cgroup;
    final Path sibling;
    final long id;
    private long order;
    private boolean sensorClosed;

    ContainedContainer() throws Exception {
        String pod = TestCgroups.randomPod();
        cgroup = cgroups.container(pod, TestCgroups.randomContainer());
        sibling = cgroups.container(pod, TestCgroups.randomContainer());
        id = CgroupTree.id(cgroup);
    }

    void contain(ContainmentAction... actions) {
        containExcept(List.of(), List.of(), actions);
    }

    void containExceptPaths(List<?> paths, ContainmentAction... actions) {
        containExcept(paths, List.of(), actions);
    }

    void containExceptDestinations(List<String> destinations, ContainmentAction... actions) {
        containExcept(List.of(), destinations, actions);
    }

    private void containExcept(List<?> paths, List<String> destinations, ContainmentAction... actions) {
        order++;
        kernel.define(order, paths.stream().map(Object::toString).toList(),
                destinations.stream().map(ContainmentExceptions::destination).toList());
        kernel.put(id, Authority.DETECTION, order, Set.of(actions), inAnHour());
    }

    void release() {
        kernel.remove(id, Authority.DETECTION);
    }

    /** What the latest containment has stopped. */
    Stopped stopped() {
        return kernel.stopped(order);
    }

    /** Why this kernel cannot do something; empty when it can. */
    String problem(String sensor) {
        return seen.sensor.modes().stream().filter(mode -> mode.getSensor().equals(sensor))
                .map(SensorMode::getProblem).findFirst().orElseThrow();
    }

    static long inAnHour() {
        return Libc.bootNanos() + HOUR;
    }

    /** As when the collector ends. */
    void closeSensor() {
        if (!sensorClosed) {
            sensorClosed = true;
            seen.close();
        }
    }

    @Override
    public void close() throws Exception {
        closeSensor();
        cgroups.close();
    }
}
