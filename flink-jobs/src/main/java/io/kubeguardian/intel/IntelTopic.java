package io.kubeguardian.intel;

import io.kubeguardian.config.KafkaSettings;
import java.util.HashMap;
import java.util.Map;

/**
 * Threat intelligence from {@code kubeguardian.intel}. The topic is the state: compacted, and read from its beginning at
 * each start. All subtasks of a job in a JVM share one reader and one copy of the indicators; the last one that goes
 * closes it.
 */
public final class IntelTopic implements IntelSource {
    private static final long serialVersionUID = 1L;

    /** By Kafka client: of this job's class loader. */
    private static final Map<Map<String, Object>, Shared> READERS = new HashMap<>();

    private static final class Shared {
        private final IntelReader reader;
        private int users;

        Shared(IntelReader reader) {
            this.reader = reader;
        }
    }

    private final HashMap<String, Object> client;

    public IntelTopic(KafkaSettings kafka) {
        this.client = new HashMap<>(kafka.client());
    }

    @Override
    public IntelView open() throws InterruptedException {
        Shared shared;
        synchronized (READERS) {
            shared = READERS.computeIfAbsent(client, properties -> new Shared(IntelReader.start(properties)));
            shared.users++;
        }
        try {
            shared.reader.awaitCaughtUp();
        } catch (InterruptedException e) {
            release(shared);
            throw e;
        }
        return new View(this, shared);
    }

    private void release(Shared shared) {
        IntelReader last = null;
        synchronized (READERS) {
            if (--shared.users == 0) {
                READERS.remove(client);
                last = shared.reader;
            }
        }
        if (last != null) {
            last.close();
        }
    }

    private static final class View implements IntelView {
        private final IntelTopic topic;
        private volatile Shared shared;

        View(IntelTopic topic, Shared shared) {
            this.topic = topic;
            this.shared = shared;
        }

        @Override
        public IntelSet current() {
            Shared mine = shared; // a metric may be asked for when the job is closed
            return mine == null ? IntelSet.EMPTY : mine.reader.current();
        }

        @Override
        public void close() {
            if (shared != null) {
                Shared mine = shared;
                shared = null;
                topic.release(mine);
            }
        }
    }
}
