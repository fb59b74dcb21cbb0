package io.kubeguardian.collector.sensor;

import java.util.List;
import java.util.Set;

/**
 * Sensors of system calls: the program of each ({@code KG_CALL_GROUP} of bpf/include/call.h), and its calls. The calls
 * that a busy server makes all the time have a second way (fexit) that kernels may refuse: both give the same events.
 */
enum CallGroup {
    OPEN("open", SensorProgram.CALL_OPEN,
            List.of(SensorProgram.FEXIT_OPENAT, SensorProgram.FEXIT_OPEN, SensorProgram.FEXIT_OPENAT2,
                    SensorProgram.FEXIT_CREAT),
            "open", "openat", "openat2", "creat"),
    CONNECT("connect", SensorProgram.CALL_CONNECT, List.of(SensorProgram.FEXIT_CONNECT), "connect");

    /** As {@link io.kubeguardian.schema.SensorMode} calls it. */
    final String sensor;
    final SensorProgram program;
    /** One for each call, or none. */
    final List<SensorProgram> fexits;
    final List<String> calls;

    CallGroup(String sensor, SensorProgram program, List<SensorProgram> fexits, String... calls) {
        this.sensor = sensor;
        this.program = program;
        this.fexits = fexits;
        this.calls = List.of(calls);
    }

    /** Whether its 64-bit calls are seen by hooks of their own, when these programs are loaded. */
    boolean byFexit(Set<SensorProgram> loaded) {
        return !fexits.isEmpty() && loaded.containsAll(fexits);
    }
}
