package io.kubeguardian.baseline;

import io.kubeguardian.schema.ProcessRef;
import java.util.ArrayList;
import java.util.List;

/** A process with its ancestors, parent first. Flink POJO. */
public final class ObservedProcess {
    public ProcessRef process;
    public List<ProcessRef> ancestors = new ArrayList<>();

    public ObservedProcess() {}

    public ObservedProcess(ProcessRef process, List<ProcessRef> ancestors) {
        this.process = process;
        this.ancestors = ancestors;
    }
}
