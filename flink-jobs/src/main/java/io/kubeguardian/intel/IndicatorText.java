package io.kubeguardian.intel;

import io.kubeguardian.schema.IndicatorType;
import io.kubeguardian.schema.IpNetwork;
import java.net.IDN;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/** Between indicators as people write them and their bytes. What is written in two ways has the same bytes. */
public final class IndicatorText {
    private static final int LONGEST_DOMAIN = 253;
    private static final int LONGEST_PATH = 1024;
    private static final Pattern LABEL = Pattern.compile("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?");
    private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]+");
    private static final Pattern NUMBERS = Pattern.compile("[0-9.]+");

    private IndicatorText() {}

    /**
     * What a text is by its looks: an address (a port behind it is left out), a network, a hash, an absolute path, or a
     * domain.
     *
     * @throws IllegalArgumentException with the reason when it is nothing of that
     */
    public static Indicator any(String text) {
        String value = text.strip();
        if (value.startsWith("/")) {
            return path(value);
        }
        Indicator hash = hash(value);
        if (hash != null) {
            return hash;
        }
        if (value.indexOf('/') > 0) {
            return network(value);
        }
        String host = withoutPort(value);
        if (IpNetwork.parse(host) != null) {
            return address(host);
        }
        return domain(host);
    }

    private static String withoutPort(String value) {
        int colon = value.lastIndexOf(':');
        if (value.startsWith("[") && value.contains("]")) {
            return value.substring(1, value.indexOf(']'));
        }
        boolean one = colon > 0 && value.indexOf(':') == colon;
        return one && value.substring(colon + 1).matches("[0-9]{1,5}") ? value.substring(0, colon) : value;
    }

    /** @throws IllegalArgumentException when it is none */
    public static Indicator address(String text) {
        IpNetwork parsed = IpNetwork.parse(text.strip());
        if (parsed == null) {
            throw new IllegalArgumentException("no IP address");
        }
        byte[] bytes = parsed.bytes();
        return parsed.isV4() ? Indicator.of(IndicatorType.IPV4, Arrays.copyOfRange(bytes, 12, 16))
                : Indicator.of(IndicatorType.IPV6, bytes);
    }

    /** A network; one that holds a single address is that address. @throws IllegalArgumentException when it is none */
    public static Indicator network(String text) {
        IpNetwork parsed = IpNetwork.of(text.strip());
        if (parsed.bits() == 128) {
            return address(text.substring(0, text.indexOf('/') < 0 ? text.length() : text.indexOf('/')));
        }
        IpNetwork canonical = canonical(parsed);
        return Indicator.of(IndicatorType.NETWORK, ByteBuffer.allocate(17).putLong(canonical.high())
                .putLong(canonical.low()).put((byte) canonical.bits()).array());
    }

    /** As lists have it: the bits behind the network's own do not matter. */
    private static IpNetwork canonical(IpNetwork network) {
        int bits = network.bits();
        long high = bits >= 64 ? network.high() : bits == 0 ? 0 : network.high() & -1L << 64 - bits;
        long low = bits >= 128 ? network.low() : bits <= 64 ? 0 : network.low() & -1L << 128 - bits;
        return new IpNetwork(high, low, bits);
    }

    /**
     * A host name of at least two labels, in its ASCII form (IDNA 2003, as the JDK has it).
     *
     * @throws IllegalArgumentException when it is none, or only a top-level domain
     */
    public static Indicator domain(String text) {
        String name = text.strip();
        name = name.startsWith("*.") ? name.substring(2) : name.startsWith(".") ? name.substring(1) : name;
        name = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        if (name.isEmpty() || name.length() > LONGEST_DOMAIN) {
            throw new IllegalArgumentException("no host name: " + name.length() + " characters");
        }
        String ascii = name.chars().allMatch(c -> c < 0x80) ? name : IDN.toASCII(name);
        ascii = ascii.toLowerCase(Locale.ROOT);
        String[] labels = ascii.split("\\.", -1);
        if (labels.length < 2) {
            throw new IllegalArgumentException("a name of one label, which would stand for everything below it");
        }
        if (ascii.length() > LONGEST_DOMAIN || NUMBERS.matcher(ascii).matches()
                || !Arrays.stream(labels).allMatch(label -> LABEL.matcher(label).matches())) {
            throw new IllegalArgumentException("no host name");
        }
        return Indicator.of(IndicatorType.DOMAIN, ascii.getBytes(StandardCharsets.US_ASCII));
    }

    /** By its length, or by its name before it (sha256:…); null when it is none. */
    public static Indicator hash(String text) {
        String value = text.substring(text.indexOf(':') + 1);
        if (value.length() < 32 || value.length() > 64 || !HEX.matcher(value).matches()) {
            return null;
        }
        IndicatorType type = switch (value.length()) {
            case 32 -> IndicatorType.MD5;
            case 40 -> IndicatorType.SHA1;
            case 64 -> IndicatorType.SHA256;
            default -> null;
        };
        return type == null ? null : Indicator.of(type, HexFormat.of().parseHex(value));
    }

    /** An absolute path of a program. @throws IllegalArgumentException when it is none */
    public static Indicator path(String text) {
        return program(IndicatorType.PATH, text, text.startsWith("/"));
    }

    /** A base name of a program. @throws IllegalArgumentException when it is none */
    public static Indicator name(String text) {
        return program(IndicatorType.NAME, text, text.indexOf('/') < 0);
    }

    private static Indicator program(IndicatorType type, String text, boolean shape) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (!shape || bytes.length < 2 || bytes.length > LONGEST_PATH || text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(type == IndicatorType.PATH ? "no absolute path" : "no name of a program");
        }
        return Indicator.of(type, bytes);
    }

    /** The text of a network, as addresses are written. */
    static String of(IpNetwork network) {
        byte[] bytes = network.bytes();
        return network.isV4() ? address(Arrays.copyOfRange(bytes, 12, 16)) + '/' + (network.bits() - 96)
                : address(bytes) + '/' + network.bits();
    }

    /** @param bytes 4 or 16 */
    static String address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("neither 4 nor 16 bytes", e);
        }
    }
}
