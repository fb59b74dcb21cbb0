package io.kubeguardian.rules;

/** Kinds of events that rules can be about; rules are indexed by them. */
public enum EventType {
    EXEC,
    FORK,
    EXIT,
    OPEN,
    CONNECT,
    /** A change of the tree of files: rename, link, unlink, mkdir, chmod and their kin. */
    FILE_CHANGE,
    /** socket, bind, listen, accept, sendto and their kin. */
    SOCKET,
    /** A DNS question or answer. */
    DNS,
    /** A descriptor gets a second number. */
    DUP,
    /** Any other system call of interest. */
    CALL
}
