package io.kubeguardian.baseline;

import java.util.Locale;

/** What a baseline knows of a workload. Docs: docs/baselines.md. */
public enum ItemKind {
    /** A program: {@code /usr/bin/convert}. */
    EXEC,
    /** A program and what ran it: {@code /usr/bin/node > /usr/bin/convert}. */
    PARENT,
    /** A program and the shape of its arguments: {@code /usr/bin/convert -resize <s> <path> <path>}. */
    ARGS,
    /** A file and how it was used: {@code read /etc/hosts}. */
    FILE,
    /** A destination: {@code db.shop.svc.cluster.local:5432}, {@code 10.0.0.5:53/udp}. */
    CONNECT,
    /** A port that is listened on: {@code 8080/tcp}. */
    LISTEN,
    /** A name that DNS was asked for. */
    DNS,
    /** A user id of a process. */
    USER,
    /** A capability that a call needed and the process had. */
    CAPABILITY,
    /** A system call. */
    SYSCALL,
    /** Something happened more often within an hour than it does; no item is learned, but how often. */
    RATE;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** As configuration, rules ({@code drift.<word>}) and profiles name it. */
    public String word() {
        return word;
    }

    /** Null when there is no such kind. */
    public static ItemKind of(String word) {
        for (ItemKind kind : values()) {
            if (kind.word.equals(word)) {
                return kind;
            }
        }
        return null;
    }
}
