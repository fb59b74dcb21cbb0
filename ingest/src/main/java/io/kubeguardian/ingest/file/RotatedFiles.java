package io.kubeguardian.ingest.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * Finds what became of a file that was rotated: by logrotate ({@code name.1}, {@code name-20260101}) or by Tetragon's own
 * rotation ({@code stem-2026-01-01T00-00-00.000.log}, lumberjack), each also compressed ({@code .gz}).
 */
final class RotatedFiles {
    private static final String GZ = ".gz";
    private static final Pattern NUMBER = Pattern.compile("\\.(\\d{1,9})(\\.gz)?$");

    private final Path folder;
    private final String name;
    private final Pattern rotated;

    RotatedFiles(Path file) {
        this.folder = file.toAbsolutePath().getParent();
        this.name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        String stem = dot <= 0 ? name : name.substring(0, dot);
        String extension = dot <= 0 ? "" : name.substring(dot);
        this.rotated = Pattern.compile("(" + Pattern.quote(name) + "(\\.\\d{1,9}|-\\d{6,14})"
                + "|" + Pattern.quote(stem) + "-\\d{4}-\\d\\d-\\d\\dT[0-9.-]+" + Pattern.quote(extension) + ")(\\.gz)?");
    }

    /**
     * A rotated file.
     *
     * @param modifiedMillis since the Unix epoch
     */
    record Rotated(Path path, long inode, long modifiedMillis) {}

    /** All that are there, the oldest first. A compressed file counts only once the original is gone: it may be half done. */
    List<Rotated> list() throws IOException {
        List<Rotated> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                String entryName = entry.getFileName().toString();
                if (!rotated.matcher(entryName).matches() || !Files.isRegularFile(entry)) {
                    continue;
                }
                boolean halfDone = isCompressed(entry) && Files.exists(
                        folder.resolve(entryName.substring(0, entryName.length() - GZ.length())));
                if (!halfDone) {
                    add(entry, files);
                }
            }
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
        files.sort(Comparator.comparingLong(RotatedFiles::turn).thenComparing(file -> file.path().toString()));
        return files;
    }

    /** By number the greatest is the oldest; by date the names' own order is that of time. Not by when it was written to:
        compression may come late. */
    private static long turn(Rotated file) {
        Matcher number = NUMBER.matcher(file.path().getFileName().toString());
        return number.find() ? -Long.parseLong(number.group(1)) : 0;
    }

    private static void add(Path entry, List<Rotated> files) throws IOException {
        try {
            files.add(new Rotated(entry, inode(entry), Files.getLastModifiedTime(entry).toMillis()));
        } catch (NoSuchFileException e) {
            // rotated on, or deleted, in this moment
        }
    }

    static boolean isCompressed(Path file) {
        return file.toString().endsWith(GZ);
    }

    static InputStream open(Path file) throws IOException {
        InputStream in = Files.newInputStream(file);
        if (!isCompressed(file)) {
            return in;
        }
        try {
            return new GZIPInputStream(in, 64 << 10);
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    static long inode(Path file) throws IOException {
        return ((Number) Files.getAttribute(file, "unix:ino")).longValue();
    }
}
