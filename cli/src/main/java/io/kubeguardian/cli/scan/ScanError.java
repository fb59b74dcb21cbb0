package io.kubeguardian.cli.scan;

/** What could not be read. */
record ScanError(String file, int line, String message) {}
