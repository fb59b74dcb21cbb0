package io.kubeguardian.collector.ffm;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files that this process has mapped: code of the JVM and its libraries, the archive of classes. Starting touches
 * most of their pages and running few, but a mapped page stays resident however long nobody looks at it.
 */
public final class MappedFiles {
    private static final Path MAPPINGS = Path.of("/proc/self/smaps");
    /** The first line of a file's mapping that is private and not for writing; then follow its sizes (proc_pid_smaps(5)). */
    private static final Pattern READ_ONLY = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) r-[-x]p \\S+ \\S+ \\d+ +/.*");
    private static final Pattern FIRST_LINE = Pattern.compile("[0-9a-f]+-[0-9a-f]+ .*");
    private static final Pattern RESIDENT = Pattern.compile("Rss: +(\\d+) kB");
    /** Last of those that matter here. Not 0: a page was written to, as for relocations, and is the file's no more. */
    private static final Pattern ANONYMOUS = Pattern.compile("Anonymous: +(\\d+) kB");

    private MappedFiles() {}

    /**
     * Lets go of all pages that are still as the file has them. What is needed again is mapped again, from the
     * kernel's cache of files, which may now also take the rest for something else.
     *
     * @return bytes that were resident there
     * @throws IOException when the kernel does not tell what is mapped
     */
    public static long release() throws IOException {
        long released = 0;
        Matcher mapping = null;
        long resident = 0;
        for (String line : lines()) {
            Matcher size;
            if (FIRST_LINE.matcher(line).matches()) {
                mapping = READ_ONLY.matcher(line);
                mapping = mapping.matches() ? mapping : null;
            } else if (mapping != null && (size = RESIDENT.matcher(line)).matches()) {
                resident = Long.parseLong(size.group(1)) << 10;
            } else if (mapping != null && resident > 0 && (size = ANONYMOUS.matcher(line)).matches()
                    && size.group(1).equals("0")) {
                long start = Long.parseUnsignedLong(mapping.group(1), 16);
                Libc.forget(start, Long.parseUnsignedLong(mapping.group(2), 16) - start);
                released += resident;
            }
        }
        return released;
    }

    private static Iterable<String> lines() throws IOException {
        try (BufferedReader mappings = Files.newBufferedReader(MAPPINGS)) {
            return mappings.lines().toList(); // before anything changes
        }
    }
}
