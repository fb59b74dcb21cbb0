package io.kubeguardian.detection;

import java.util.Locale;
import java.util.Set;

/** Which fields of other sensors' events hold the hash of a file. */
final class FileHashes {
    private static final Set<String> NAMES = Set.of("ima_hash", "sha256", "sha1", "md5", "file_hash", "hash");

    private FileHashes() {}

    /** @param path of the field in the sensor's format, its parts behind dots or slashes */
    static boolean isName(String path) {
        String last = path.substring(Math.max(path.lastIndexOf('.'), path.lastIndexOf('/')) + 1);
        return NAMES.contains(last.toLowerCase(Locale.ROOT));
    }
}
