package io.kubeguardian.collector.event;

import java.lang.foreign.MemorySegment;

/** Understands the records of some types. */
interface RecordDecoder {
    /**
     * @param at where the record starts; its header is there for certain
     * @param length of the record, header included
     * @return false when the record is not understood
     * @throws IndexOutOfBoundsException likewise
     */
    boolean decode(int type, MemorySegment ring, long at, int length);
}
