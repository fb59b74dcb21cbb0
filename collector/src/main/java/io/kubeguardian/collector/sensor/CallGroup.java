package io.kubeguardian.collector.sensor;

import java.util.List;

/** Sensors of system calls: the program of each ({@code KG_CALL_GROUP} of bpf/include/call.h), and its calls. */
enum CallGroup {
    OPEN("open", SensorProgram.CALL_OPEN, "open", "openat", "openat2", "creat"),
    CONNECT("connect", SensorProgram.CALL_CONNECT, "connect");

    /** As {@link io.kubeguardian.schema.SensorMode} calls it. */
    final String sensor;
    final SensorProgram program;
    final List<String> calls;

    CallGroup(String sensor, SensorProgram program, String... calls) {
        this.sensor = sensor;
        this.program = program;
        this.calls = List.of(calls);
    }
}
