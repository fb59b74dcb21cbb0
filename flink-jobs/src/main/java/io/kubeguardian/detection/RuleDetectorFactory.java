package io.kubeguardian.detection;

import io.kubeguardian.rules.RuleHit;
import io.kubeguardian.rules.RuleSet;
import io.kubeguardian.schema.Priority;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Judges events by Falco rules: the given files, or those that come with KubeGuardian. */
public final class RuleDetectorFactory implements DetectorFactory {
    private static final long serialVersionUID = 1L;

    private final List<String> files;

    /** @param files rule files or folders on the machines that run the job; empty: the built-in rules */
    public RuleDetectorFactory(List<String> files) {
        this.files = List.copyOf(files);
    }

    /** @throws io.kubeguardian.rules.RuleLoadException with file, line and column of the first mistake */
    public RuleSet load() {
        return files.isEmpty() ? RuleSet.loadBuiltIn() : RuleSet.loadPaths(files.stream().map(Path::of).toList());
    }

    @Override
    public Detector create() {
        return of(load());
    }

    /** A detector that judges by rules already loaded. */
    static Detector of(RuleSet rules) {
        return (event, hits) -> rules.evaluate(event, hit -> hits.hit(new Rendered(hit)));
    }

    private record Rendered(RuleHit hit) implements Hit {
        @Override
        public String rule() {
            return hit.rule().name();
        }

        @Override
        public Priority priority() {
            return hit.rule().priority();
        }

        @Override
        public List<String> tags() {
            return hit.rule().tags();
        }

        @Override
        public List<String> techniques() {
            return hit.rule().techniques();
        }

        @Override
        public String output() {
            return hit.output();
        }

        @Override
        public Map<String, String> outputFields() {
            return hit.outputFields();
        }
    }
}
