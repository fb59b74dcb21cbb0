package io.kubeguardian.collector;

import static io.kubeguardian.collector.event.KernelLayouts.offset;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kubeguardian.collector.event.KernelLayouts;
import io.kubeguardian.collector.ring.RecordHandler;
import io.kubeguardian.collector.ring.RingReader;
import io.kubeguardian.collector.sensor.Sensor;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;

/**
 * Tells of the processes that were there before the sensors, once, after they are attached and before anything is taken
 * from the rings. A process whose exec is in the ring is left to that. One that is caught in the middle of an exec can be
 * told twice, as found running and by the exec: its program is in place a moment before its exec is told.
 */
final class RunningProcesses implements RecordHandler {
    /** Far more than run in containers on one node; what is beyond may be told once for each thread. */
    private static final int MOST = 65_536;
    private static final long TYPE = offset(KernelLayouts.HEADER, "type");
    private static final long PID = offset(KernelLayouts.HEADER, "pid");
    private static final long START_TIME = offset(KernelLayouts.HEADER, "start_time");

    private record Identity(int pid, long startTime) {}

    private final Set<Identity> known = new HashSet<>();
    private final RingReader ring;
    private final RecordHandler decoder;
    private long looked;

    private RunningProcesses(RingReader ring, RecordHandler decoder) {
        this.ring = ring;
        this.decoder = decoder;
        this.looked = ring.position();
    }

    /** @param decoder takes the records of those processes */
    static void tell(Sensor sensor, RecordHandler decoder) {
        sensor.walkRunning(new RunningProcesses(sensor.precious().reader(), decoder));
    }

    @Override
    public void record(MemorySegment memory, long at, int length) {
        long end = ring.produced();
        ring.peek(looked, end, this::seen);
        looked = end;
        if (learn(memory, at)) {
            decoder.record(memory, at, length);
        }
    }

    private void seen(MemorySegment memory, long at, int length) {
        if (memory.get(JAVA_INT, at + TYPE) == KernelLayouts.TYPE_EXEC) {
            learn(memory, at);
        }
    }

    /** False for one that is known already. */
    private boolean learn(MemorySegment memory, long at) {
        Identity process = new Identity(memory.get(JAVA_INT, at + PID), memory.get(JAVA_LONG, at + START_TIME));
        return known.size() < MOST ? known.add(process) : !known.contains(process);
    }
}
