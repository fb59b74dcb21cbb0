package io.kubeguardian.rules;

/**
 * One event as rules see it: the event itself, the process with its ancestors from the pod's process tree, the
 * container with its pod's metadata. An implementation may be reused for the next event; a rule keeps nothing of it.
 * Fields of another event type than {@link #type()} are empty or zero.
 */
public interface EventView {
    EventType type();

    /** Nanoseconds since the Unix epoch. */
    long time();

    /** The process that acted; for FORK the parent. Never null. */
    ProcessView process();

    /** Never null; empty outside any container. */
    ContainerView container();

    /** OPEN: file descriptor or negative errno; CONNECT: 0 or negative errno; EXIT: wait status; else 0. */
    int result();

    /** OPEN: the path, absolute where known. */
    String path();

    /** OPEN: open(2) flags, x86-64 values. */
    int openFlags();

    /** OPEN: mode of a created file. */
    int openMode();

    /** CONNECT: AF_UNIX 1, AF_INET 2, AF_INET6 10. */
    int family();

    /** CONNECT: numeric IP address, or path of a unix socket. */
    String address();

    /** CONNECT: port in host byte order. */
    int port();

    /** EXEC and CONNECT: the event's flags, see {@link io.kubeguardian.schema.EventBits}. */
    int flags();
}
