package io.kubeguardian.detection;

import io.kubeguardian.rules.RuleSet;
import java.nio.file.Path;
import java.util.List;

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
        return new RuleDetector(load());
    }
}
