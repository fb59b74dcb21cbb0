package io.kubeguardian.collector.contain;

import io.kubeguardian.collector.ffm.NativeException;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.ExceptedDestination;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A kernel that remembers what it was told: for the states of containments. That the real one obeys is shown elsewhere. */
final class FakeKernel implements KernelContainment, Freezer {
    record Order(long id, Set<ContainmentAction> actions, long expires) {}

    final Map<Long, Map<Authority, Order>> inForce = new HashMap<>();
    final Map<Long, List<String>> defined = new HashMap<>();
    final Map<Long, Set<Authority>> frozen = new HashMap<>();
    final Map<Long, Stopped> stopped = new HashMap<>();
    boolean full;
    boolean freezeFails;
    /** How many of the next orders break what defines them. */
    int failures;

    @Override
    public void define(long order, List<String> paths, List<ExceptedDestination> destinations) {
        if (failures > 0) {
            failures--;
            throw new IllegalStateException("as the test wants it");
        }
        if (full && !paths.isEmpty()) {
            throw new NativeException("bpf_map_update_elem", 28);
        }
        defined.put(order, paths);
        stopped.put(order, new Stopped(2, 0, 0, 3, 0));
    }

    @Override
    public void put(long cgroup, Authority authority, long order, Set<ContainmentAction> actions, long expires) {
        if (!defined.containsKey(order)) {
            throw new IllegalStateException("order " + order + " is in force before its exceptions are");
        }
        inForce.computeIfAbsent(cgroup, c -> new HashMap<>()).put(authority, new Order(order, actions, expires));
    }

    @Override
    public void remove(long cgroup, Authority authority) {
        Map<Authority, Order> orders = inForce.getOrDefault(cgroup, new HashMap<>());
        orders.remove(authority);
        if (orders.isEmpty()) {
            inForce.remove(cgroup);
        }
    }

    @Override
    public Stopped stopped(long order) {
        return stopped.getOrDefault(order, Stopped.NOTHING);
    }

    @Override
    public void forget(long order) {
        if (inForce.values().stream().anyMatch(orders -> orders.values().stream().anyMatch(o -> o.id() == order))) {
            throw new IllegalStateException("order " + order + " is forgotten while in force");
        }
        defined.remove(order);
        stopped.remove(order);
    }

    @Override
    public void freeze(long cgroup, Decision decision) throws IOException {
        if (freezeFails) {
            throw new IOException("Read-only file system");
        }
        frozen.computeIfAbsent(cgroup, c -> new HashSet<>()).add(Authority.of(decision));
    }

    @Override
    public void thaw(long cgroup, Authority authority) {
        Set<Authority> left = frozen.getOrDefault(cgroup, new HashSet<>());
        left.remove(authority);
        if (left.isEmpty()) {
            frozen.remove(cgroup);
        }
    }

    @Override
    public boolean isFrozen(long cgroup) {
        return frozen.containsKey(cgroup);
    }
}
