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
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** A container that the kernel contains when the test says so, one beside it, and the sensor that does it. */
final class ContainedContainer implements AutoCloseable {
    static final int KILLED = 128 + 9;
    static final int EPERM = 1;
    private static final long HOUR = 3_600_000_000_000L;

    /** Of all tests: they share a sensor. */
    private static final AtomicLong ORDERS = new AtomicLong();

    final TestCgroups cgroups;
    final SensorHarness seen;
    final KernelContainment kernel;
    final Path cgroup;
    final Path sibling;
    final long id;
    private final List<Long> defined = new ArrayList<>();

    /** With the sensor of all tests. */
    ContainedContainer() throws Exception {
        this(TestCgroups.monitored());
    }

    ContainedContainer(TestCgroups cgroups) throws Exception {
        this.cgroups = cgroups;
        seen = new SensorHarness(cgroups.tree());
        kernel = seen.sensor.containments();
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
        put(id, Authority.DETECTION, paths, destinations, inAnHour(), actions);
    }

    void put(long of, Authority authority, List<?> paths, List<String> destinations, long expires,
            ContainmentAction... actions) {
        long order = ORDERS.incrementAndGet();
        kernel.define(order, paths.stream().map(Object::toString).toList(),
                destinations.stream().map(ContainmentExceptions::destination).toList());
        defined.add(order);
        kernel.put(of, authority, order, Set.of(actions), expires);
    }

    void release() {
        kernel.remove(id, Authority.DETECTION);
    }

    /** What the latest containment has stopped. */
    Stopped stopped() {
        return kernel.stopped(defined.getLast());
    }

    /** Why this kernel cannot do something; empty when it can. */
    String problem(String sensor) {
        return seen.sensor.modes().stream().filter(mode -> mode.getSensor().equals(sensor))
                .map(SensorMode::getProblem).findFirst().orElseThrow();
    }

    static long inAnHour() {
        return Libc.bootNanos() + HOUR;
    }

    @Override
    public void close() throws Exception {
        for (Authority authority : Authority.values()) {
            kernel.remove(id, authority);
        }
        defined.forEach(kernel::forget);
        seen.close();
        cgroups.close();
    }
}
