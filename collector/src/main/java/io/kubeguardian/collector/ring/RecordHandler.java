package io.kubeguardian.collector.ring;

import java.lang.foreign.MemorySegment;

/** Takes one record where it lies in the ring. It is gone when the call returns. */
@FunctionalInterface
public interface RecordHandler {
    /**
     * @param ring the ring's data
     * @param offset where the record starts, a multiple of 8
     * @param length its length in bytes
     */
    void record(MemorySegment ring, long offset, int length);
}
