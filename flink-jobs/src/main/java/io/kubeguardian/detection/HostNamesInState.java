package io.kubeguardian.detection;

import io.kubeguardian.process.StateException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/** Names by address in the pod's keyed state: at most {@value #LIMIT}, the longest unused eighth goes first. */
final class HostNamesInState implements HostNames {
    static final int LIMIT = 512;

    /** Answers are refreshed in state no more often than this, nanoseconds. */
    private static final long REFRESH_NANOS = 60_000_000_000L;

    private static final Object NONE = new Object();

    private final MapState<String, HostName> names;
    private HeldPod held;
    private PodState pod;

    HostNamesInState(MapState<String, HostName> names) {
        this.names = names;
    }

    static MapStateDescriptor<String, HostName> descriptor() {
        return new MapStateDescriptor<>("host-names", BasicTypeInfo.STRING_TYPE_INFO,
                TypeInformation.of(HostName.class));
    }

    void begin(HeldPod current) {
        held = current;
        pod = current.state;
    }

    @Override
    public Object version() {
        return pod.hostNames == 0 ? NONE : held.names;
    }

    @Override
    public String of(String address) {
        if (pod.hostNames == 0) {
            return "";
        }
        try {
            HostName known = names.get(address);
            return known == null ? "" : known.name;
        } catch (Exception e) {
            throw new StateException("cannot read the host names' state", e);
        }
    }

    @Override
    public void learned(String name, Collection<String> answers, long time) {
        try {
            for (String answer : answers) {
                if (HostNames.isAddress(answer)) {
                    learned(name, answer, time);
                }
            }
        } catch (Exception e) {
            throw new StateException("cannot write the host names' state", e);
        }
    }

    private void learned(String name, String address, long time) throws Exception {
        HostName known = names.get(address);
        if (known != null && known.name.equals(name) && time - known.time < REFRESH_NANOS) {
            return;
        }
        if (known == null) {
            if (pod.hostNames >= LIMIT) {
                evict();
            }
            pod.hostNames++;
            known = new HostName();
        }
        held.names = new Object();
        known.name = name;
        known.time = time;
        names.put(address, known);
    }

    private void evict() throws Exception {
        List<Map.Entry<String, HostName>> all = new ArrayList<>();
        for (Map.Entry<String, HostName> entry : names.entries()) {
            all.add(Map.entry(entry.getKey(), entry.getValue()));
        }
        all.sort(Comparator.comparingLong(entry -> entry.getValue().time));
        int surplus = Math.max(0, all.size() - (LIMIT - LIMIT / 8));
        for (Map.Entry<String, HostName> entry : all.subList(0, surplus)) {
            names.remove(entry.getKey());
        }
        pod.hostNames = all.size() - surplus;
    }

    /** The current key's pod is gone. */
    void clear() {
        names.clear();
    }
}
