package io.kubeguardian.collector.sensor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.kubeguardian.collector.event.KernelLayouts;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The names of {@code bpf/include/environment.h}: the kernel compares a variable's head with "NAME=", word by word. */
final class EnvironmentNames {
    private static final long ENTRY = KernelLayouts.ENVIRONMENT_NAME.byteSize();
    private static final long TEXT = KernelLayouts.offset(KernelLayouts.ENVIRONMENT_NAME, "text");
    private static final long MASK = KernelLayouts.offset(KernelLayouts.ENVIRONMENT_NAME, "mask");
    /** The sign after it counts. */
    private static final int LONGEST = (int) (MASK - TEXT) - 1;

    private EnvironmentNames() {}

    /**
     * @param table as the kernel side has it, all zero
     * @throws IllegalArgumentException for a list that does not fit
     */
    static void write(List<String> names, MemorySegment table) {
        if (names.size() > table.byteSize() / ENTRY) {
            throw new IllegalArgumentException(names.size() + " environment names, at most " + table.byteSize() / ENTRY);
        }
        for (int i = 0; i < names.size(); i++) {
            byte[] text = (names.get(i) + '=').getBytes(StandardCharsets.US_ASCII);
            if (text.length == 1 || text.length > LONGEST + 1) {
                throw new IllegalArgumentException("environment name " + names.get(i) + ": 1 to " + LONGEST + " letters");
            }
            for (int at = 0; at < text.length; at++) {
                table.set(JAVA_BYTE, i * ENTRY + TEXT + at, text[at]);
                table.set(JAVA_BYTE, i * ENTRY + MASK + at, (byte) -1);
            }
        }
    }
}
