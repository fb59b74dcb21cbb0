package io.kubeguardian.ingest.file;

/**
 * A line of a file.
 *
 * @param bytes without its end; of one that is too long the beginning
 * @param position of its first byte in the file
 * @param length in bytes, all of it
 */
public record Line(byte[] bytes, long position, long length, boolean tooLong) {}
