package io.kubeguardian.detection;

import io.kubeguardian.rules.EventType;
import io.kubeguardian.rules.EventView;
import io.kubeguardian.rules.ProcessView;
import io.kubeguardian.schema.Priority;
import java.util.List;
import java.util.Map;

/** Three small real detectors with the names that the built-in pattern asks for. */
final class StoryDetectors implements DetectorFactory {
    static final String SHELL = "Shell spawned by a server process";
    static final String TOKEN = "Service account token read by an unexpected program";
    static final String DROPPED = "Program run from a temporary or writable place";

    private static final long serialVersionUID = 1L;

    record TestHit(String rule, Priority priority, List<String> techniques, String output) implements Hit {
        @Override
        public List<String> tags() {
            return List.of("container");
        }

        @Override
        public Map<String, String> outputFields() {
            return Map.of("rule", rule);
        }
    }

    @Override
    public Detector create() {
        return StoryDetectors::evaluate;
    }

    private static void evaluate(EventView event, HitSink hits) {
        ProcessView parent = event.process().parent();
        if (event.type() == EventType.EXEC && event.process().exePath().equals("/bin/sh") && parent != null
                && parent.name().equals("orders")) {
            hits.hit(new TestHit(SHELL, Priority.WARNING, List.of("T1059.004"),
                    "A shell under " + parent.exePath() + " in " + event.container().podName()));
        }
        if (event.type() == EventType.OPEN && event.path().endsWith("/serviceaccount/token")
                && !event.process().name().equals("orders")) {
            hits.hit(new TestHit(TOKEN, Priority.WARNING, List.of("T1552.001"),
                    event.process().name() + " read the token"));
        }
        if (event.type() == EventType.EXEC && event.process().exePath().startsWith("/tmp/")) {
            hits.hit(new TestHit(DROPPED, Priority.CRITICAL, List.of("T1105"),
                    event.process().exePath() + " was run"));
        }
    }
}
