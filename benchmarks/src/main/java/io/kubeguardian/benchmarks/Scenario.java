package io.kubeguardian.benchmarks;

/** One thing to measure, always against a baseline of the same run. */
interface Scenario {
    /** As it is called on the command line. */
    String name();

    /** What it measures, in one line. */
    String describes();

    /**
     * @param run where figures go, and how much time there is
     * @throws UnavailableException when this machine cannot run it; the message says what is missing
     */
    void measure(Run run) throws Exception;
}
