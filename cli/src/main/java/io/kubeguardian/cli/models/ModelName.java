package io.kubeguardian.cli.models;

import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which of the published models. */
final class ModelName {
    @Parameters(paramLabel = "NAME", description = "the model's name")
    private String name;

    @Option(names = "--workload", paramLabel = "KEY", defaultValue = "",
            description = "cluster/namespace/kind/name of the workload that it is for (default: the one for all)")
    private String workload;

    String name() {
        return name;
    }

    String workload() {
        return workload;
    }
}
