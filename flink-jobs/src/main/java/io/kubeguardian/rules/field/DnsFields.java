package io.kubeguardian.rules.field;

import static io.kubeguardian.rules.field.FieldValue.MISSING;
import static io.kubeguardian.rules.field.FieldValue.orNull;

import io.kubeguardian.rules.EventType;
import java.util.Map;
import java.util.Set;

/** dns.*: questions and answers. Ours: Falco has no such event. */
final class DnsFields {
    private static final Set<EventType> DNS = Set.of(EventType.DNS);
    /** IANA's names of resource record types. */
    private static final Map<Integer, String> TYPES = Map.ofEntries(Map.entry(1, "A"), Map.entry(2, "NS"),
            Map.entry(5, "CNAME"), Map.entry(6, "SOA"), Map.entry(10, "NULL"), Map.entry(12, "PTR"), Map.entry(15, "MX"),
            Map.entry(16, "TXT"), Map.entry(28, "AAAA"), Map.entry(33, "SRV"), Map.entry(65, "HTTPS"), Map.entry(255, "ANY"));

    private DnsFields() {}

    static void addTo(FieldTable table) {
        table.text("dns.name", DNS, event -> orNull(event.dnsName()));
        table.text("dns.type", DNS, event -> TYPES.getOrDefault(event.dnsType(), Integer.toString(event.dnsType())));
        table.flag("dns.response", DNS, event -> FieldValue.Flag.of(event.dnsResponse()));
        table.number("dns.code", DNS, event -> event.dnsResponse() ? event.dnsCode() : MISSING);
        table.number("dns.size", DNS, event -> event.size());
        table.plain("dns.server", DNS, (FieldValue.Address) event -> orNull(event.address()));
        table.plain("dns.answers", DNS, new FieldValue.Many(
                (event, test) -> event.dnsAnswers().stream().anyMatch(test),
                event -> orNull(String.join(",", event.dnsAnswers()))));
    }
}
