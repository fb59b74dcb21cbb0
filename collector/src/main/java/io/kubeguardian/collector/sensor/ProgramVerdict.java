package io.kubeguardian.collector.sensor;

import io.kubeguardian.collector.ffm.Libbpf;
import io.kubeguardian.collector.ffm.Libc;
import io.kubeguardian.collector.ffm.NativeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * What this kernel says to one program of the BPF object. Nothing is attached.
 *
 * @param program the C function
 * @param section kind and place of its hook, as in {@code SEC()}
 * @param detail why not, in one line; empty when accepted
 */
public record ProgramVerdict(String program, String section, Outcome outcome, String detail) {
    /** Whether, and who says no. */
    public enum Outcome {
        /** The verifier has passed it. */
        ACCEPTED,
        /** The kernel does not take programs of this kind, or not from us (EPERM); the verifier has not looked at it. */
        REFUSED,
        /** This kernel has no such hook: older, newer, or built without; another program does it here, or none. */
        ABSENT,
        /** The verifier rejects it: a mistake of ours. */
        REJECTED
    }

    /**
     * All programs of the object, whatever the collector uses them for.
     *
     * @throws SensorException when libbpf or the object is missing
     */
    public static List<ProgramVerdict> all() {
        String missing = Libbpf.missing();
        if (!missing.isEmpty()) {
            throw new SensorException(missing);
        }
        Libbpf.quiet();
        byte[] elf = BpfObject.bytes();
        MemorySegment object = Libbpf.openObject(elf);
        try {
            // One that is not accepted fails the load of all; then each is asked about alone.
            boolean together = loads(object);
            return Libbpf.programs(object).stream()
                    .map(program -> together ? accepted(program) : alone(elf, program)).toList();
        } finally {
            Libbpf.closeObject(object);
        }
    }

    private static boolean loads(MemorySegment object) {
        try {
            Libbpf.load(object);
            return true;
        } catch (NativeException e) {
            return false;
        }
    }

    private static ProgramVerdict accepted(MemorySegment program) {
        return new ProgramVerdict(Libbpf.programName(program), Libbpf.programSection(program), Outcome.ACCEPTED, "");
    }

    private static ProgramVerdict alone(byte[] elf, MemorySegment wanted) {
        String name = Libbpf.programName(wanted);
        MemorySegment object = Libbpf.openObject(elf);
        try (Arena call = Arena.ofConfined()) {
            MemorySegment log = call.allocate(BpfObject.LOG_BYTES);
            for (MemorySegment program : Libbpf.programs(object)) {
                Libbpf.setAutoload(program, Libbpf.programName(program).equals(name));
            }
            Libbpf.setLog(Libbpf.program(object, name), log);
            try {
                Libbpf.load(object);
                return accepted(wanted);
            } catch (NativeException e) {
                return new ProgramVerdict(name, Libbpf.programSection(wanted), outcome(e.errno(), log.getString(0)),
                        e.getMessage() + BpfObject.verdict(log.getString(0)));
            } finally {
                Libbpf.closeObject(object);
            }
        }
    }

    private static Outcome outcome(int errno, String log) {
        if (!log.isEmpty()) {
            return Outcome.REJECTED;
        }
        return switch (errno) {
            case Libc.EPERM -> Outcome.REFUSED;
            case Libc.ESRCH -> Outcome.ABSENT;
            default -> Outcome.REJECTED;
        };
    }

    @Override
    public String toString() {
        return outcome + " " + program + ' ' + section + (detail.isEmpty() ? "" : ": " + detail);
    }
}
