package io.kubeguardian.collector.sensor;

import java.util.List;

/**
 * What the kernel side is told before it is loaded.
 *
 * @param preciousRingBytes size of the ring for rare events, a power of two of at least a page
 * @param bulkRingBytes size of the ring for frequent events, likewise
 * @param environment names of the environment variables that leave the kernel, see {@link EnvironmentNames}
 * @param countCalls whether every system call is counted, see {@link CallCounts}
 */
public record SensorSettings(int preciousRingBytes, int bulkRingBytes, List<String> environment, boolean countCalls) {}
