package io.kubeguardian.collector.batch;

import io.kubeguardian.schema.PreciousMask;

/**
 * What is in a batch: to count it if it is lost, and to give up its bulk events first.
 *
 * @param precious how many of its events are precious
 * @param bulk how many are bulk
 * @param mask which are precious of the kinds that are bulk as a rule
 */
public record BatchContents(int precious, int bulk, PreciousMask mask) {}
