package io.kubeguardian.collector.ship;

/**
 * How much Kafka has not acknowledged, at one moment.
 *
 * @param waiting records that wait here
 * @param inFlight records that the producer has
 * @param limitBytes the bound of both together
 * @param stalledNanos for how long Kafka has taken nothing though there was something to take
 */
public record BacklogStatus(
        int waiting, long waitingBytes, int inFlight, long inFlightBytes, long limitBytes, long stalledNanos) {}
