package io.kubeguardian.rules;

/** Kinds of events that rules can be about; rules are indexed by them. */
public enum EventType {
    EXEC,
    FORK,
    EXIT,
    OPEN,
    CONNECT
}
