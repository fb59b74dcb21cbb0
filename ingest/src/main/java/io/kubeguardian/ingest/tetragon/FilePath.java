package io.kubeguardian.ingest.tetragon;

import io.kubeguardian.schema.EventBits;

/**
 * A file as a hook names it.
 *
 * @param path absolute where known
 * @param raw as given to the call where that differs; else empty
 * @param flags {@link EventBits#OPEN_PATH_TRUNCATED} and {@link EventBits#OPEN_PATH_RELATIVE}
 * @param type S_IFMT bits; 0 when not told
 */
record FilePath(String path, String raw, int flags, int type) {
    static final FilePath NONE = new FilePath("", "", 0, 0);
    private static final int LONGEST = EventWriter.LONGEST_PATH;

    /**
     * As the kernel resolved it.
     *
     * @param permission as {@code ls -l} writes it, or empty
     * @param incomplete Tetragon could not walk all of it
     */
    static FilePath resolved(String path, String permission, boolean incomplete) {
        String absolute = path.isEmpty() || path.startsWith("/") || path.indexOf(':') >= 0 ? path : '/' + path;
        return cut(absolute, "", incomplete ? EventBits.OPEN_PATH_TRUNCATED : 0, type(permission));
    }

    /** As the call was given it. @param directory what it is relative to; empty when that is not known */
    static FilePath given(String path, String directory) {
        if (path.isEmpty() || path.startsWith("/")) {
            return cut(path, "", 0, 0);
        }
        if (directory.isEmpty()) {
            return cut(path, "", EventBits.OPEN_PATH_RELATIVE, 0);
        }
        return cut((directory.endsWith("/") ? directory : directory + '/') + path, path, 0, 0);
    }

    private static FilePath cut(String path, String raw, int flags, int type) {
        boolean tooLong = path.length() > LONGEST;
        return new FilePath(tooLong ? path.substring(0, LONGEST) : path,
                raw.length() > LONGEST ? raw.substring(0, LONGEST) : raw,
                tooLong ? flags | EventBits.OPEN_PATH_TRUNCATED : flags, type);
    }

    private static int type(String permission) {
        return permission.isEmpty() ? 0 : switch (permission.charAt(0)) {
            case '-' -> 0100000;
            case 'd' -> 0040000;
            case 'l' -> 0120000;
            case 'c' -> 0020000;
            case 'b' -> 0060000;
            case 'p' -> 0010000;
            case 's' -> 0140000;
            default -> 0;
        };
    }
}
