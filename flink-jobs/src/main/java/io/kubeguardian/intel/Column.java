package io.kubeguardian.intel;

/** Non-negative numbers below 2^32, one for each indicator, in as few bytes as they need: none when all are the same. */
final class Column {
    private final int constant;
    private final byte[] bytes;
    private final char[] chars;
    private final int[] ints;

    private Column(int constant, byte[] bytes, char[] chars, int[] ints) {
        this.constant = constant;
        this.bytes = bytes;
        this.chars = chars;
        this.ints = ints;
    }

    /** @param values is kept where the numbers are large: not to be changed afterwards */
    static Column of(int[] values) {
        long most = 0;
        boolean same = true;
        for (int value : values) {
            most = Math.max(most, value & 0xffff_ffffL);
            same &= value == values[0];
        }
        if (same) {
            return new Column(values.length == 0 ? 0 : values[0], null, null, null);
        }
        if (most < 1 << 8) {
            byte[] bytes = new byte[values.length];
            for (int i = 0; i < values.length; i++) {
                bytes[i] = (byte) values[i];
            }
            return new Column(0, bytes, null, null);
        }
        if (most < 1 << 16) {
            char[] chars = new char[values.length];
            for (int i = 0; i < values.length; i++) {
                chars[i] = (char) values[i];
            }
            return new Column(0, null, chars, null);
        }
        return new Column(0, null, null, values);
    }

    long at(int index) {
        if (bytes != null) {
            return bytes[index] & 0xff;
        }
        if (chars != null) {
            return chars[index];
        }
        return (ints == null ? constant : ints[index]) & 0xffff_ffffL;
    }
}
