package io.kubeguardian.cli.replay;

import io.kubeguardian.cli.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Files that are named one by one or as folders. */
final class InputFiles {
    private InputFiles() {}

    /**
     * The files, and of each folder those with one of the endings, by name.
     *
     * @param none what is said of a folder that has no such file
     * @throws UserError when a folder cannot be read, or has none
     */
    static List<Path> of(List<Path> paths, List<String> endings, String none) {
        List<Path> files = new ArrayList<>();
        for (Path path : paths) {
            if (!Files.isDirectory(path)) {
                files.add(path);
                continue;
            }
            int before = files.size();
            try (Stream<Path> all = Files.list(path)) {
                all.filter(file -> endings.stream().anyMatch(file.getFileName().toString()::endsWith)).sorted()
                        .forEach(files::add);
            } catch (IOException e) {
                throw new UserError(path + ": cannot be read: " + e.getMessage(), e);
            }
            if (files.size() == before) {
                throw new UserError(path + ": " + none);
            }
        }
        return files;
    }
}
