package io.kubeguardian.collector.ship;

import java.util.EnumMap;
import java.util.Map;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** What Kafka's clients complained of since the start, by kind. Thread safe. */
public final class KafkaErrors {
    /** UNREACHABLE: no broker answered in time. */
    public enum Kind { UNREACHABLE, UNKNOWN_TOPIC, AUTHENTICATION, AUTHORIZATION, TOO_LARGE, OTHER }

    private final EnumMap<Kind, Long> counts = new EnumMap<>(Kind.class);
    private String last = "";

    public synchronized void count(Throwable error) {
        counts.merge(kind(error), 1L, Long::sum);
        last = error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
    }

    public synchronized long get(Kind kind) {
        return counts.getOrDefault(kind, 0L);
    }

    synchronized Map<Kind, Long> counts() {
        return new EnumMap<>(counts);
    }

    /** The message of the last one; empty when there was none. */
    synchronized String last() {
        return last;
    }

    /** The producer wraps what the broker said into its own time-out. */
    static Kind kind(Throwable error) {
        if (error instanceof TimeoutException && error.getCause() instanceof ApiException cause) {
            return kind(cause);
        }
        return switch (error) {
            case TimeoutException e -> Kind.UNREACHABLE;
            case UnknownTopicOrPartitionException e -> Kind.UNKNOWN_TOPIC;
            case AuthenticationException e -> Kind.AUTHENTICATION;
            case AuthorizationException e -> Kind.AUTHORIZATION;
            case RecordTooLargeException e -> Kind.TOO_LARGE;
            case RecordBatchTooLargeException e -> Kind.TOO_LARGE;
            default -> Kind.OTHER;
        };
    }
}
