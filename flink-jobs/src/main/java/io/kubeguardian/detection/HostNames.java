package io.kubeguardian.detection;

import java.util.Collection;

/** Which names a pod asked DNS for, by the addresses it was given. */
interface HostNames {
    /** The name last asked for to get the address; empty when none was. */
    String of(String address);

    /**
     * An answer came.
     *
     * @param answers its data as text; what is no address is passed over
     * @param time event time in nanoseconds
     */
    void learned(String name, Collection<String> answers, long time);

    /** Digits and dots, or hexadecimal digits and colons: answers are also names and texts. */
    static boolean isAddress(String text) {
        boolean v4 = !text.isEmpty();
        boolean v6 = text.indexOf(':') >= 0;
        for (int i = 0; i < text.length() && (v4 || v6); i++) {
            char c = text.charAt(i);
            v4 &= c >= '0' && c <= '9' || c == '.';
            v6 &= Character.digit(c, 16) >= 0 || c == ':' || c == '.';
        }
        return v4 || v6;
    }

    /** The same object for as long as {@link #of} answers the same. */
    Object version();
}
