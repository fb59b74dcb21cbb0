package io.kubeguardian.cli.triggers;

import io.kubeguardian.cli.triggers.RuleTrigger.Act;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** A question for a name, and its answer, as RFC 1035 has them on the wire. */
final class DnsExchange {
    private static final HexFormat HEX = HexFormat.of();

    private DnsExchange() {}

    static Act of(String name, String address) {
        return RuleTrigger.shell(script(name, address));
    }

    /** A shell's commands that ask for the address of a name, and are answered. */
    static String script(String name, String address) {
        ByteArrayOutputStream question = new ByteArrayOutputStream();
        for (String label : name.split("\\.")) {
            question.write(label.length());
            question.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        question.writeBytes(HEX.parseHex("0000010001")); // end of the name, A, IN
        String asked = HEX.formatHex(question.toByteArray());
        String answer = "c00c00010001" + "0000001e" + "0004" + bytes(address); // the name above, A, IN, 30 s, 4 bytes
        // The folder stands for a cgroup: the server is to stay where it is.
        return ": >/tmp/cgroup.procs; dns_exchange /tmp 4 connect 4b47" + "0100" + "0001000000000000" + asked
                + " 4b47" + "8180" + "0001000100000000" + asked + answer;
    }

    private static String bytes(String address) {
        try {
            return HEX.formatHex(InetAddress.getByName(address).getAddress());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(address + " is no address", e);
        }
    }
}
