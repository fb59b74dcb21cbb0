package io.kubeguardian.intel;

import io.kubeguardian.schema.IpNetwork;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;

/**
 * Finds the networks that hold an address. Networks nest or are apart, so they are laid flat once: a sorted array of
 * places at which the narrowest network changes, and for each network the one around it. IPv4 stands as IPv4-mapped
 * IPv6. Immutable.
 */
final class NetworkTable {
    static final int ABSENT = -1;

    /** Where something begins, as 128 bits: no high half when all are IPv4. */
    private final long[] high;
    private final long[] low;
    /** The narrowest network from there on, or {@link #ABSENT}. */
    private final int[] owner;
    /** The network around each, or {@link #ABSENT}. */
    private final int[] around;
    /** Where each begins, and its bits: what it is called. */
    private final int[] place;
    private final byte[] bits;

    NetworkTable(IpNetwork[] networks) {
        int count = networks.length;
        around = new int[count];
        place = new int[count];
        bits = new byte[count];
        Integer[] order = new Integer[count];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparing((Integer i) -> networks[i], NetworkTable::compareStart)
                .thenComparingInt(i -> networks[i].bits()).thenComparingInt(i -> i));
        long[] starts = new long[2 * (2 * count + 1)];
        int[] owners = new int[2 * count + 1];
        int places = 0;
        Deque<Integer> open = new ArrayDeque<>();
        for (int next : order) {
            while (!open.isEmpty() && !networks[open.peek()].contains(networks[next])) {
                int over = open.pop();
                places = end(networks[over], open, starts, owners, places);
            }
            around[next] = open.isEmpty() ? ABSENT : open.peek();
            places = put(networks[next].high(), networks[next].low(), next, starts, owners, places);
            place[next] = places - 1;
            bits[next] = (byte) networks[next].bits();
            open.push(next);
        }
        while (!open.isEmpty()) {
            int over = open.pop();
            places = end(networks[over], open, starts, owners, places);
        }
        boolean v4 = true;
        for (IpNetwork network : networks) {
            v4 &= network.isV4();
        }
        high = v4 ? null : new long[places];
        low = new long[places];
        owner = Arrays.copyOf(owners, places);
        for (int i = 0; i < places; i++) {
            low[i] = starts[2 * i + 1];
            if (!v4) {
                high[i] = starts[2 * i];
            }
        }
    }

    private static int compareStart(IpNetwork a, IpNetwork b) {
        int order = Long.compareUnsigned(a.high(), b.high());
        return order != 0 ? order : Long.compareUnsigned(a.low(), b.low());
    }

    private static int end(IpNetwork network, Deque<Integer> open, long[] starts, int[] owners, int places) {
        long lastHigh = network.bits() >= 64 ? network.high() : network.high() | rest(network.bits());
        long lastLow = network.bits() >= 128 ? network.low()
                : network.bits() <= 64 ? -1 : network.low() | rest(network.bits() - 64);
        long nextLow = lastLow + 1;
        long nextHigh = nextLow == 0 ? lastHigh + 1 : lastHigh;
        if (nextLow == 0 && nextHigh == 0) {
            return places; // it goes to the end of all addresses
        }
        return put(nextHigh, nextLow, open.isEmpty() ? ABSENT : open.peek(), starts, owners, places);
    }

    private static long rest(int bits) {
        return bits == 0 ? -1 : (1L << (64 - bits)) - 1;
    }

    private static int put(long high, long low, int own, long[] starts, int[] owners, int places) {
        int at = places;
        if (places > 0 && starts[2 * places - 2] == high && starts[2 * places - 1] == low) {
            at = places - 1; // what ended or began here a moment ago has no place of its own
        }
        starts[2 * at] = high;
        starts[2 * at + 1] = low;
        owners[at] = own;
        return at + 1;
    }

    IpNetwork network(int number) {
        return new IpNetwork(high == null ? 0 : high[place[number]], low[place[number]], bits[number] & 0xff);
    }

    /** The narrowest network that holds the address, or {@link #ABSENT}. */
    int find(long addressHigh, long addressLow) {
        if (high == null && addressHigh != 0) {
            return ABSENT;
        }
        int from = 0;
        int to = low.length;
        while (from < to) {
            int middle = from + to >>> 1;
            int order = high == null ? 0 : Long.compareUnsigned(high[middle], addressHigh);
            if (order < 0 || order == 0 && Long.compareUnsigned(low[middle], addressLow) <= 0) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from == 0 ? ABSENT : owner[from - 1];
    }

    /** The next wider network around one, or {@link #ABSENT}. */
    int around(int number) {
        return around[number];
    }
}
