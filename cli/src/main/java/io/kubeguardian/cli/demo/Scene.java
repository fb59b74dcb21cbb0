package io.kubeguardian.cli.demo;

import io.kubeguardian.cli.stack.Stack;
import io.kubeguardian.schema.PodMetadata;

/** Where the demo's story happens: on this machine's kernel, or in a capture of an earlier run. */
interface Scene extends AutoCloseable {
    DemoWorkload workload();

    /** Brings the workload up. */
    void begin(Stack stack);

    /** The service does what it always does, long enough for its baseline to be learnt. */
    void behaveNormally();

    /** The attack, step by step; tells the screen what the attacker does. */
    void attack(Screen screen);

    /** What the API server knows of the pod. */
    PodMetadata metadata();

    @Override
    void close();
}
