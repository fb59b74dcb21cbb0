package io.kubeguardian.collector.sensor;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Names and numbers of the system calls of x86-64, and which of i386's numbers mean the same call. */
public final class SystemCalls {
    /** Room for every number: {@code KG_CALLS} of {@code bpf/include/call.h}. */
    public static final int MOST = 512;
    /** {@code KG_NO_CALL}. */
    static final short NO_CALL = (short) 0xffff;

    private static final String[] NAMES = new String[MOST];
    private static final short[] OF_I386 = new short[MOST];
    private static final Map<String, Integer> NUMBERS = new HashMap<>();

    static {
        Arrays.fill(OF_I386, NO_CALL);
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                SystemCalls.class.getResourceAsStream("system-calls.txt"), StandardCharsets.US_ASCII))) {
            lines.lines().filter(line -> !line.startsWith("#")).forEach(SystemCalls::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private SystemCalls() {}

    private static void add(String line) {
        String[] parts = line.split(" ");
        int number = Integer.parseInt(parts[0]);
        NAMES[number] = parts[1];
        NUMBERS.put(parts[1], number);
        for (int i = 2; i < parts.length; i++) {
            OF_I386[Integer.parseInt(parts[i])] = (short) number;
        }
    }

    /** The call's name; {@code syscall_N} for a number that this list is too old for. */
    public static String name(int number) {
        String name = number >= 0 && number < MOST ? NAMES[number] : null;
        return name == null ? "syscall_" + number : name;
    }

    /** @throws IllegalArgumentException for a name that is none */
    public static int number(String name) {
        Integer number = NUMBERS.get(name);
        if (number == null) {
            throw new IllegalArgumentException("no system call " + name);
        }
        return number;
    }

    /** By number of i386: that of x86-64, or {@link #NO_CALL}. */
    static short[] ofI386() {
        return OF_I386.clone();
    }
}
