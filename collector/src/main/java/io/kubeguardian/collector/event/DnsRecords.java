package io.kubeguardian.collector.event;

import static io.kubeguardian.collector.event.KernelLayouts.HEADER;
import static io.kubeguardian.collector.event.KernelLayouts.offset;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.kubeguardian.schema.Dns;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.EventBits;
import io.kubeguardian.schema.EventClass;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.util.List;

/** Records of DNS messages. */
final class DnsRecords implements RecordDecoder {
    static final StructLayout DNS = MemoryLayout.structLayout(
            HEADER.withName("header"),
            JAVA_INT.withName("size"),
            JAVA_INT.withName("flags"),
            JAVA_INT.withName("server_port"),
            JAVA_INT.withName("server_length"),
            JAVA_INT.withName("message_length"),
            JAVA_INT.withName("reserved")).withName("kg_dns");

    static final List<StructLayout> LAYOUTS = List.of(DNS);

    private static final long SIZE = offset(DNS, "size");
    private static final long FLAGS = offset(DNS, "flags");
    private static final long SERVER_PORT = offset(DNS, "server_port");
    private static final long SERVER_LENGTH = offset(DNS, "server_length");
    private static final long MESSAGE_LENGTH = offset(DNS, "message_length");
    private static final int BYTES = (int) DNS.byteSize();

    private final RecordContext to;

    DnsRecords(RecordContext to) {
        this.to = to;
    }

    @Override
    public boolean decode(int type, MemorySegment ring, long at, int length) {
        if (length < BYTES) {
            return false;
        }
        int serverLength = ring.get(JAVA_INT, at + SERVER_LENGTH);
        int messageLength = ring.get(JAVA_INT, at + MESSAGE_LENGTH);
        if (!RecordContext.fits(length - BYTES, serverLength, messageLength)) {
            return false;
        }
        long data = at + BYTES;
        int flags = ring.get(JAVA_INT, at + FLAGS);
        String server = KernelText.ipAddress(KernelText.bytes(ring, data, serverLength));
        DnsMessage message = DnsMessage.parse(KernelText.bytes(ring, data + serverLength, messageLength),
                (flags & EventBits.DNS_TRUNCATED) == 0);
        flags |= (message.truncated() ? EventBits.DNS_TRUNCATED : 0) | (message.readable() ? 0 : EventBits.DNS_UNREADABLE);

        EventBatchBuilder batch = to.begin(ring, at);
        batch.add(Dns.newBuilder().setTime(to.time(ring, at)).setProcess(to.process(ring, at))
                .setId(message.id()).setResponse(message.response()).setResponseCode(message.responseCode())
                .setName(batch.string(message.name())).setType(message.type())
                .setAnswers(batch.strings(message.answers()))
                .setServerAddress(batch.string(server)).setServerPort(ring.get(JAVA_INT, at + SERVER_PORT))
                .setSize(ring.get(JAVA_INT, at + SIZE)).setFlags(flags).build());
        to.added(EventClass.BULK, length);
        return true;
    }
}
