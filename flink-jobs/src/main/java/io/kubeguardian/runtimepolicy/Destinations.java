package io.kubeguardian.runtimepolicy;

import io.kubeguardian.baseline.observe.Shape;
import io.kubeguardian.schema.AllowedDestination;
import io.kubeguardian.schema.IpNetwork;
import io.kubeguardian.schema.SeenAddress;
import java.util.ArrayList;
import java.util.List;

/** Where connections may go. */
final class Destinations {
    private static final String UDP = "/udp";

    /** @param port -1: any; @param protocol empty: both */
    private record Port(int port, String protocol) {
        boolean fits(int otherPort, boolean datagrams) {
            return (port < 0 || port == otherPort) && (protocol.isEmpty() || protocol.equals("UDP") == datagrams);
        }
    }

    private record Network(IpNetwork network, Port port) {}

    private final DomainPatterns<List<Port>> hosts = new DomainPatterns<>();
    private final List<Network> networks = new ArrayList<>();
    private final Shape shape = new Shape();

    /** @throws IllegalArgumentException when an address or a network is none */
    Destinations(List<AllowedDestination> destinations) {
        for (AllowedDestination to : destinations) {
            Port port = new Port(to.getPort(), to.getProtocol());
            if (!to.getCidr().isEmpty()) {
                networks.add(new Network(IpNetwork.of(to.getCidr()), port));
            } else if (!to.getHost().isEmpty()) {
                IpNetwork address = IpNetwork.parse(to.getHost());
                if (address != null) {
                    networks.add(new Network(address, port));
                } else {
                    hosts.put(shape.domain(to.getHost()).toString(), ArrayList::new).add(port);
                }
            }
            for (String seen : to.getAddresses()) {
                SeenAddress address = SeenAddress.of(seen);
                networks.add(new Network(address.address(), new Port(address.port(), address.datagrams() ? "UDP" : "TCP")));
            }
        }
    }

    /** @param item as {@link io.kubeguardian.baseline.ItemKind#CONNECT} */
    boolean allow(String item, String alternative) {
        SeenAddress address = SeenAddress.parse(item);
        if (address == null) {
            boolean datagrams = item.endsWith(UDP);
            int end = datagrams ? item.length() - UDP.length() : item.length();
            int colon = item.lastIndexOf(':', end);
            int port = colon < 0 ? -1 : port(item, colon + 1, end);
            if (port >= 0 && hosts.any(item.substring(0, colon),
                    ports -> ports.stream().anyMatch(one -> one.fits(port, datagrams)))) {
                return true;
            }
            address = alternative.isEmpty() ? null : SeenAddress.parse(alternative);
        }
        return address != null && allow(address);
    }

    private static int port(String text, int from, int end) {
        try {
            return Integer.parseInt(text, from, end, 10);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private boolean allow(SeenAddress address) {
        for (Network one : networks) {
            if (one.port.fits(address.port(), address.datagrams()) && one.network.contains(address.address())) {
                return true;
            }
        }
        return false;
    }
}
