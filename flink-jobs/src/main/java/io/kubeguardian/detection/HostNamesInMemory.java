package io.kubeguardian.detection;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** Names by address outside the job; the longest unused goes first. */
final class HostNamesInMemory implements HostNames {
    private final Map<String, String> names = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > HostNamesInState.LIMIT;
        }
    };

    private Object version = new Object();

    @Override
    public Object version() {
        return version;
    }

    @Override
    public String of(String address) {
        return names.getOrDefault(address, "");
    }

    @Override
    public void learned(String name, Collection<String> answers, long time) {
        version = new Object();
        answers.stream().filter(HostNames::isAddress).forEach(address -> names.put(address, name));
    }
}
