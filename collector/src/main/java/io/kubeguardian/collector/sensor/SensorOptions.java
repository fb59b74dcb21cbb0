package io.kubeguardian.collector.sensor;

import io.kubeguardian.config.SensorHooks;

/**
 * How the sensors shall be.
 *
 * @param preciousRingBytes size of the ring for rare events, a power of two of at least a page
 * @param bulkRingBytes size of the ring for frequent events, likewise
 * @param hooks which ways into the kernel may be taken
 */
public record SensorOptions(int preciousRingBytes, int bulkRingBytes, SensorHooks hooks) {}
