package io.kubeguardian.rules;

import java.util.List;

/**
 * One event as rules see it: the event itself, the process with its ancestors from the pod's process tree, the
 * container with its pod's metadata. An implementation may be reused for the next event; a rule keeps nothing of it.
 * What the event's kind does not have is empty or zero; the kinds that have a value are named first.
 */
public interface EventView {
    EventType type();

    /** The system call ("renameat2"); of a kind that does not say which call it was, the one that stands for it. */
    String name();

    /**
     * Fills in what the event has in common with others. Rules that then evaluate the event, and ask for nothing beyond
     * that, judge those others the same.
     *
     * @return false when it is like no other
     */
    default boolean describe(Likeness likeness) {
        return false;
    }

    /** From here on it is noticed what the event is asked for. */
    default void forgetQuestions() {}

    /** Whether it was asked for more than {@link #describe} tells. */
    default boolean isAskedForMore() {
        return true;
    }

    /** Whether it was asked what was acted upon: the path or address. */
    default boolean isAskedForSubject() {
        return true;
    }

    /** Nanoseconds since the Unix epoch. */
    long time();

    /** The process that acted; for FORK the parent. Never null. */
    ProcessView process();

    /** Never null; empty outside any container. */
    ContainerView container();

    /** As the call returned it: a descriptor, a count or 0, or the negative errno. EXIT: wait status. */
    long result();

    /** Whether the call failed: all that most rules want to know of its result. */
    default boolean isFailed() {
        return result() < 0;
    }

    /** EXEC, CONNECT, SOCKET: the event's flags, see {@link io.kubeguardian.schema.EventBits}; FILE_CHANGE: the call's. */
    int flags();

    /** OPEN, FILE_CHANGE, DUP of a file: the path, absolute where known. */
    String path();

    /** OPEN: what conditions have said of {@link #path()} before; null when nobody remembers. */
    default PathMemo pathMemo() {
        return null;
    }

    /** OPEN, FILE_CHANGE: the path as given to the call. */
    default String rawPath() {
        return path();
    }

    /** FILE_CHANGE: the new path; of symlink what the link says. */
    default String secondPath() {
        return "";
    }

    /** FILE_CHANGE: the second path as given to the call. */
    default String rawSecondPath() {
        return secondPath();
    }

    /** OPEN: open(2) flags, x86-64 values. */
    int openFlags();

    /** OPEN: mode of a created file. FILE_CHANGE: permission bits. */
    int openMode();

    /** OPEN: S_IFMT bits of the opened file; 0 when not opened or not known. */
    default int fileType() {
        return 0;
    }

    /** FILE_CHANGE: chown's user and group; -1 in others. */
    default int owner() {
        return -1;
    }

    default int group() {
        return -1;
    }

    /** CONNECT, SOCKET, DUP: the descriptor; -1 when not known. */
    default int fd() {
        return -1;
    }

    /** DUP: what the descriptor is, in Falco's words (file, directory, pipe, unix, ipv4, …). */
    default String fdType() {
        return "";
    }

    /** CONNECT, SOCKET, DUP: AF_UNIX 1, AF_INET 2, AF_INET6 10, … */
    int family();

    /** CONNECT, SOCKET, DUP: SOCK_STREAM 1, SOCK_DGRAM 2, …; 0 when not known. */
    default int socketType() {
        return 0;
    }

    /** CONNECT, SOCKET, DUP: IP protocol; 0 when not known. */
    default int protocol() {
        return 0;
    }

    /** CONNECT, SOCKET, DUP: numeric IP address of the other end, or path of a unix socket. DNS: the name server. */
    String address();

    /** CONNECT, SOCKET, DUP, DNS: port of the other end in host byte order. */
    int port();

    /** CONNECT, SOCKET, DUP: this end. */
    default String localAddress() {
        return "";
    }

    default int localPort() {
        return 0;
    }

    /** SOCKET: bytes to send, or the backlog. DNS: bytes of the message. */
    default long size() {
        return 0;
    }

    /** CALL: the numeric arguments in the call's order. */
    default List<Long> arguments() {
        return List.of();
    }

    /** CALL: the arguments that are text, in the call's order. */
    default List<String> texts() {
        return List.of();
    }

    /** CALL: host pid of the process acted upon; 0 without one. */
    default int targetPid() {
        return 0;
    }

    /** DNS: name asked for, type by number, whether it is an answer, its code, the answers' data as text. */
    default String dnsName() {
        return "";
    }

    default int dnsType() {
        return 0;
    }

    default boolean dnsResponse() {
        return false;
    }

    default int dnsCode() {
        return 0;
    }

    default List<String> dnsAnswers() {
        return List.of();
    }

    /** The name that the pod last asked DNS for to get this address; empty when it never did. */
    default String hostName(String ip) {
        return "";
    }
}
