package io.kubeguardian.collector.sensor;

import io.kubeguardian.config.SensorHooks;
import java.util.List;

/**
 * How the sensors shall be.
 *
 * @param preciousRingBytes size of the ring for rare events, a power of two of at least a page
 * @param bulkRingBytes size of the ring for frequent events, likewise
 * @param hooks which ways into the kernel may be taken
 * @param openRepeatNanos an open for reading like one sent less than this ago is only counted; 0: all are sent
 * @param environment names of the environment variables that leave the kernel, see {@link EnvironmentNames}
 * @param countCalls whether every system call is counted, see {@link CallCounts}
 */
public record SensorOptions(
        int preciousRingBytes,
        int bulkRingBytes,
        SensorHooks hooks,
        long openRepeatNanos,
        List<String> environment,
        boolean countCalls) {}
