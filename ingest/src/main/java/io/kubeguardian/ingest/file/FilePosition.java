package io.kubeguardian.ingest.file;

/**
 * How far a file was read, so that it can be found again and read on.
 *
 * @param inode that the file system gave it
 * @param head how it begins
 * @param offset of the first byte not read
 * @param modifiedMillis when it was last written to as far as that was seen, since the Unix epoch
 * @param finished it was rotated and read to its end: what was written after it is next
 */
public record FilePosition(long inode, Head head, long offset, long modifiedMillis, boolean finished) {
    /** Nothing was read: begin with the file as it is. */
    public static final FilePosition NONE = new FilePosition(0, Head.NONE, 0, 0, false);

    boolean isNone() {
        return equals(NONE);
    }
}
