package io.kubeguardian.intel.feed;

import io.kubeguardian.intel.Indicator;
import io.kubeguardian.schema.IndicatorType;
import io.kubeguardian.schema.IpNetwork;
import java.nio.ByteBuffer;
import java.util.List;

/** Addresses that a list of the internet's evil has no business with. */
final class Networks {
    private static final int BROADEST_V4 = 96 + 8;
    private static final int BROADEST_V6 = 16;

    /** IANA's special-purpose address registries (RFC 6890 and what followed): what does not route on the internet. */
    private static final List<IpNetwork> NOT_PUBLIC = List.of("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8",
            "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128",
            "fc00::/7", "fe80::/10", "ff00::/8").stream().map(IpNetwork::of).toList();

    private Networks() {}

    /** Wider than /8, or /16 of IPv6: 0.0.0.0/0 first of all. */
    static boolean isBroad(Indicator indicator) {
        if (indicator.type() != IndicatorType.NETWORK) {
            return false;
        }
        IpNetwork network = network(indicator);
        return network.bits() < (network.isV4() ? BROADEST_V4 : BROADEST_V6);
    }

    static boolean isNotPublic(Indicator indicator) {
        IpNetwork network = switch (indicator.type()) {
            case IPV4 -> new IpNetwork(0, 0xffff_0000_0000L | ByteBuffer.wrap(indicator.key()).getInt() & 0xffff_ffffL, 128);
            case IPV6 -> new IpNetwork(ByteBuffer.wrap(indicator.key()).getLong(),
                    ByteBuffer.wrap(indicator.key()).getLong(8), 128);
            case NETWORK -> network(indicator);
            default -> null;
        };
        return network != null && NOT_PUBLIC.stream().anyMatch(special -> special.contains(network)
                || network.bits() < special.bits() && network.contains(special) && !isBroad(indicator));
    }

    private static IpNetwork network(Indicator indicator) {
        ByteBuffer bytes = ByteBuffer.wrap(indicator.key());
        return new IpNetwork(bytes.getLong(), bytes.getLong(), bytes.get() & 0xff);
    }
}
