package io.kubeguardian.collector.event;

import static io.kubeguardian.collector.event.KernelLayouts.HEADER;
import static io.kubeguardian.collector.event.KernelLayouts.offset;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.kubeguardian.schema.Dns;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.EventBits;
import io.kubeguardian.schema.EventClass;
import java.lang.foreign.MemoryLayout;
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
    public boolean decode(int type, KernelRecord record) {
        if (record.length() < BYTES) {
            return false;
        }
        int serverLength = record.getInt(SERVER_LENGTH);
        int messageLength = record.getInt(MESSAGE_LENGTH);
        if (!RecordContext.fits(record.length() - BYTES, serverLength, messageLength)) {
            return false;
        }
        long data = BYTES;
        int flags = record.getInt(FLAGS);
        String server = KernelText.ipAddress(record.bytes(data, serverLength));
        DnsMessage message = DnsMessage.parse(record.bytes(data + serverLength, messageLength),
                (flags & EventBits.DNS_TRUNCATED) == 0);
        flags |= (message.truncated() ? EventBits.DNS_TRUNCATED : 0) | (message.readable() ? 0 : EventBits.DNS_UNREADABLE);

        EventBatchBuilder batch = to.begin(record);
        Dns event = new Dns();
        event.setTime(to.time(record));
        event.setProcess(to.process(record));
        event.setId(message.id());
        event.setResponse(message.response());
        event.setResponseCode(message.responseCode());
        event.setName(batch.string(message.name()));
        event.setType(message.type());
        event.setAnswers(batch.strings(message.answers()));
        event.setServerAddress(batch.string(server));
        event.setServerPort(record.getInt(SERVER_PORT));
        event.setSize(record.getInt(SIZE));
        event.setFlags(flags);
        batch.add(event);
        to.added(EventClass.BULK, record.length());
        return true;
    }
}
