package io.kubeguardian.collector.event;

import io.kubeguardian.schema.EventBits;

/**
 * A path that a system call was given; see bpf/include/given.h for how it lies in a record.
 *
 * @param path absolute where that is known
 * @param raw as given, where that differs; else empty
 */
record GivenPath(String path, String raw) {
    static final GivenPath NONE = new GivenPath("", "");

    /** Of a file that the kernel itself named: WALKED is the file's own path. */
    static GivenPath opened(KernelRecord record, long data, int givenLength, int walkedLength) {
        return of(record.walkedPath(data + givenLength, walkedLength), record.text(data, givenLength));
    }

    /**
     * Put together: WALKED is what a relative path starts from.
     *
     * @param givenLength with its NUL; 0: there is none, the start alone is meant
     * @param pathFlags as of {@link EventBits#OPEN_PATH_RELATIVE}
     */
    static GivenPath of(KernelRecord record, long data, int givenLength, int walkedLength, int pathFlags) {
        String given = record.text(data, givenLength);
        if (given.startsWith("/")) {
            return of(KernelText.normalized(given), given);
        }
        if ((pathFlags & EventBits.OPEN_PATH_RELATIVE) != 0) {
            return of(given, given);
        }
        String start = record.walkedPath(data + givenLength, walkedLength);
        return of(given.isEmpty() ? start : KernelText.normalized(start + '/' + given), given);
    }

    private static GivenPath of(String path, String given) {
        return new GivenPath(path, given.equals(path) ? "" : given);
    }
}
