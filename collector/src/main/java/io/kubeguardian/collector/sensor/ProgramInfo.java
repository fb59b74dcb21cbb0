package io.kubeguardian.collector.sensor;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kubeguardian.collector.ffm.Libbpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What the kernel says of a loaded program: the members of {@code struct bpf_prog_info} of its include/uapi/linux/bpf.h
 * that are of use here.
 *
 * @param name its first 15 letters
 * @param missed how often it was not run, because it was running already on the same processor: an interrupted run, or a
 *     kernel that lets tasks be preempted within one
 * @param verified instructions that the verifier looked at
 */
record ProgramInfo(String name, long missed, int verified) {
    private static final int NAME = 64;
    private static final int MISSED = 208;
    private static final int VERIFIED = 216;
    private static final int SIZE = 224;

    /** @param program its descriptor */
    static ProgramInfo of(int program) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment info = call.allocate(SIZE, 8);
            Libbpf.programInfo(program, info);
            return new ProgramInfo(info.getString(NAME), info.get(JAVA_LONG, MISSED), info.get(JAVA_INT, VERIFIED));
        }
    }
}
