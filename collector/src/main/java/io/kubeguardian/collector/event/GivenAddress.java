package io.kubeguardian.collector.event;

import static io.kubeguardian.collector.event.KernelLayouts.offset;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;

/**
 * An address as a system call was given it: {@code struct kg_given_address} of {@code bpf/include/network.h}.
 *
 * @param address numeric IP address or absolute name of a unix socket; empty when there was none
 * @param bytes that it takes in the record's data
 */
record GivenAddress(int family, String address, int port, int bytes) {
    static final StructLayout LAYOUT = MemoryLayout.structLayout(
            JAVA_INT.withName("family"),
            JAVA_INT.withName("port"),
            JAVA_INT.withName("address_length"),
            JAVA_INT.withName("cwd_length")).withName("kg_given_address");

    private static final long FAMILY = offset(LAYOUT, "family");
    private static final long PORT = offset(LAYOUT, "port");
    private static final long ADDRESS_LENGTH = offset(LAYOUT, "address_length");
    private static final long CWD_LENGTH = offset(LAYOUT, "cwd_length");

    /** As {@link SocketEnds#read}. */
    static GivenAddress read(KernelRecord record, long at, long data, int available) {
        int family = record.getInt(at + FAMILY);
        int length = record.getInt(at + ADDRESS_LENGTH);
        int cwdLength = record.getInt(at + CWD_LENGTH);
        if (!RecordContext.fits(available, length, cwdLength)) {
            return null;
        }
        String address = KernelText.address(family, record, data, length);
        if (cwdLength > 0) {
            address = KernelText.normalized(record.walkedPath(data + length, cwdLength) + '/' + address);
        }
        return new GivenAddress(family, address, record.getInt(at + PORT), length + cwdLength);
    }
}
