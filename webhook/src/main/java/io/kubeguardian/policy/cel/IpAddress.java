package io.kubeguardian.policy.cel;

import java.net.InetAddress;
import java.util.Arrays;

/** An IP address of CEL in Kubernetes: without zone, and no IPv4 address in an IPv6 one's clothes. */
record IpAddress(InetAddress address) {
    /** @throws IllegalArgumentException when the text is no address that Kubernetes' library accepts */
    static IpAddress parse(String text) {
        if (text.indexOf(':') >= 0 && text.indexOf('.') >= 0) {
            throw new IllegalArgumentException("IP address \"" + text + "\" holds an IPv4 address in IPv6 form");
        }
        return new IpAddress(AddressText.parse(text));
    }

    long family() {
        return address.getAddress().length == 4 ? 4 : 6;
    }

    /** Neither unspecified, loopback, link-local nor multicast: Go's {@code IP.IsGlobalUnicast}, broadcast apart. */
    boolean isGlobalUnicast() {
        byte[] bytes = address.getAddress();
        boolean broadcast = bytes.length == 4 && Arrays.equals(bytes, new byte[] {-1, -1, -1, -1});
        return !broadcast && !address.isAnyLocalAddress() && !address.isLoopbackAddress()
                && !address.isMulticastAddress() && !address.isLinkLocalAddress();
    }

    boolean isLinkLocalMulticast() {
        return address.isMCLinkLocal();
    }

    @Override
    public String toString() {
        return AddressText.canonical(address);
    }
}
