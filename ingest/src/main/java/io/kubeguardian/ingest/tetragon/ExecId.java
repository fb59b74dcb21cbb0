package io.kubeguardian.ingest.tetragon;

import io.kubeguardian.ingest.MalformedLineException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * What Tetragon calls one program run: the base64 of {@code node:ktime:pid} ({@code GetProcessID} in Tetragon's
 * pkg/process).
 *
 * @param ktime nanoseconds since boot at which the program was started, or the process was cloned
 * @param pid in the host's pid namespace; 0: the kernel
 */
record ExecId(long ktime, int pid) {
    private static final int LONGEST = 1024;

    /**
     * @param field where it stands, for the message
     * @return null for the empty text
     */
    static ExecId parse(String field, String text) throws MalformedLineException {
        if (text.isEmpty()) {
            return null;
        }
        if (text.length() > LONGEST) {
            throw malformed(field, null);
        }
        try {
            String decoded = new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
            int second = decoded.lastIndexOf(':');
            int first = decoded.lastIndexOf(':', second - 1);
            if (first < 0) {
                throw malformed(field, null);
            }
            long ktime = Long.parseLong(decoded, first + 1, second, 10);
            int pid = Integer.parseInt(decoded, second + 1, decoded.length(), 10);
            if (ktime < 0 || pid < 0) {
                throw malformed(field, null);
            }
            return new ExecId(ktime, pid);
        } catch (IllegalArgumentException e) { // not base64, or not numbers
            throw malformed(field, e);
        }
    }

    private static MalformedLineException malformed(String field, Exception cause) {
        return new MalformedLineException(field + " is not the base64 of node:ktime:pid", cause);
    }
}
