package io.kubeguardian.collector.event;


/** Understands the records of some types. */
interface RecordDecoder {
    /**
     * @param record its header is there for certain
     * @return false when the record is not understood
     * @throws IndexOutOfBoundsException likewise
     */
    boolean decode(int type, KernelRecord record);
}
