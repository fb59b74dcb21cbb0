package io.kubeguardian.ingest.tetragon;

/**
 * Who a process is, as long as it lives, and who started it.
 *
 * @param startTime nanoseconds since boot
 * @param parentPid 0: not known, or the kernel
 */
record Identity(int pid, long startTime, int parentPid, long parentStartTime) {}
