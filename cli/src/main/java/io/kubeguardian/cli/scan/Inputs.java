package io.kubeguardian.cli.scan;

import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The files that a scan reads: those that are named, those in folders that are named, and standard input. */
final class Inputs {
    /** Larger files hold no manifests that anybody wrote; reading one costs some ten times its size in memory. */
    static final int MOST_BYTES = 32 * 1024 * 1024;

    /** How standard input is named on the command line, and in reports. */
    static final String STDIN = "-";
    static final String STDIN_NAME = "<stdin>";

    private static final Set<String> NEVER = Set.of(".git", ".hg", ".svn", "node_modules");

    private final List<Source> sources = new ArrayList<>();
    private final List<ScanError> errors = new ArrayList<>();
    private final List<String> empty = new ArrayList<>();
    private final Set<Object> seen = new HashSet<>();

    private Inputs() {}

    /**
     * One file.
     *
     * @param name as reports name it
     * @param path null for standard input
     * @param size of the file when it was found
     * @param content of standard input; null for files
     */
    record Source(String name, Path path, long size, byte[] content) {
        byte[] read() throws IOException {
            if (content != null) {
                return content;
            }
            if (size > MOST_BYTES) {
                throw new IOException("larger than " + MOST_BYTES / 1024 / 1024 + " MiB; split it");
            }
            return Files.readAllBytes(path);
        }
    }

    /** A file of a folder. */
    private record Found(Path path, BasicFileAttributes attributes) {}

    /**
     * Finds them, in a fixed order.
     *
     * @throws UserError when something that is named does not exist
     */
    static Inputs of(List<String> arguments, InputStream stdin) {
        Inputs inputs = new Inputs();
        for (String argument : arguments) {
            if (argument.equals(STDIN)) {
                inputs.addStdin(stdin);
            } else {
                inputs.add(Path.of(argument));
            }
        }
        return inputs;
    }

    List<Source> sources() {
        return sources;
    }

    List<ScanError> errors() {
        return errors;
    }

    /** Folders that were named and hold no manifest: a wrong path, most likely. */
    List<String> empty() {
        return empty;
    }

    private void addStdin(InputStream stdin) {
        if (!seen.add(STDIN)) {
            throw new UserError("scan: - stands twice; standard input can be read once");
        }
        try {
            byte[] content = stdin.readNBytes(MOST_BYTES + 1);
            if (content.length > MOST_BYTES) {
                errors.add(new ScanError(STDIN_NAME, 1, "larger than " + MOST_BYTES / 1024 / 1024 + " MiB; split it"));
            } else {
                sources.add(new Source(STDIN_NAME, null, content.length, content));
            }
        } catch (IOException e) {
            errors.add(new ScanError(STDIN_NAME, 1, "cannot be read: " + Texts.reason(e)));
        }
    }

    private void add(Path path) {
        if (!Files.exists(path)) {
            throw new UserError("scan: " + Texts.line(path.toString()) + ": does not exist; name files, folders or - for standard input");
        }
        if (!Files.isDirectory(path)) {
            add(path, null);
            return;
        }
        List<Found> found = new ArrayList<>();
        int before = errors.size();
        try {
            Files.walkFileTree(path, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new Visitor(path, found));
        } catch (IOException e) {
            errors.add(new ScanError(path.toString(), 1, "cannot be read: " + Texts.reason(e)));
        }
        if (found.isEmpty() && errors.size() == before) {
            empty.add(path.toString());
        }
        found.sort(Comparator.comparing(Found::path));
        found.forEach(file -> add(file.path, file.attributes));
    }

    /** @param attributes of a file that a folder has; null for one that is named, which may be a pipe of the shell too */
    private void add(Path file, BasicFileAttributes attributes) {
        try {
            BasicFileAttributes known = attributes == null ? Files.readAttributes(file, BasicFileAttributes.class) : attributes;
            if (!known.isRegularFile() && attributes == null && !file.toString().startsWith("/dev/fd/")
                    && !file.toString().startsWith("/proc/")) {
                errors.add(new ScanError(file.toString(), 1, "no regular file"));
                return;
            }
            Object key = known.fileKey();
            if (key == null || seen.add(key)) {
                sources.add(new Source(file.toString(), file, known.size(), null));
            }
        } catch (IOException e) {
            errors.add(new ScanError(file.toString(), 1, "cannot be read: " + Texts.reason(e)));
        }
    }

    private static boolean isManifest(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json");
    }

    private final class Visitor extends SimpleFileVisitor<Path> {
        private final Path root;
        private final List<Found> found;

        Visitor(Path root, List<Found> found) {
            this.root = root;
            this.found = found;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            boolean skip = !folder.equals(root) && NEVER.contains(folder.getFileName().toString());
            return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && isManifest(file)) {
                found.add(new Found(file, attributes));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            // A link that leads back has been there; a link that leads nowhere holds nothing.
            if (!(e instanceof FileSystemLoopException) && !Files.isSymbolicLink(file)) {
                errors.add(new ScanError(file.toString(), 1, "cannot be read: " + Texts.reason(e)));
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
