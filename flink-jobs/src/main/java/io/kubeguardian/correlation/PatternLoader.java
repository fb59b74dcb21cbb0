package io.kubeguardian.correlation;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Finds pattern files. */
public final class PatternLoader {
    private static final String FOLDER = "/kubeguardian/patterns/";
    private static final long MAX_BYTES = 1 << 20;

    private PatternLoader() {}

    /**
     * The files, which together load.
     *
     * @param paths files, or folders whose *.yaml and *.yml are taken; empty: the patterns that come with KubeGuardian
     * @throws PatternException with one line that says where, what, and what to do
     */
    public static List<PatternSource> load(List<String> paths) {
        if (paths.isEmpty()) {
            return builtIn();
        }
        List<PatternSource> sources = new ArrayList<>();
        for (String path : paths) {
            for (Path file : files(Path.of(path))) {
                sources.add(new PatternSource(file.toString(), read(file)));
            }
        }
        if (sources.isEmpty()) {
            throw new PatternException(String.join(", ", paths) + ": no *.yaml or *.yml file there");
        }
        PatternSet.of(sources);
        return sources;
    }

    /** The patterns that come with KubeGuardian. */
    public static List<PatternSource> builtIn() {
        return resource("index").lines().filter(line -> !line.isBlank())
                .map(name -> new PatternSource(name, resource(name))).toList();
    }

    private static List<Path> files(Path path) {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> entries = Files.list(path)) {
            return entries.filter(f -> f.toString().endsWith(".yaml") || f.toString().endsWith(".yml")).sorted()
                    .toList();
        } catch (IOException e) {
            throw new PatternException(path + ": cannot be listed: " + e.getMessage(), e);
        }
    }

    private static String read(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new PatternException(file + ": larger than " + MAX_BYTES + " bytes, not a pattern file");
            }
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new PatternException(file + ": no such file", e);
        } catch (IOException e) {
            throw new PatternException(file + ": cannot be read: " + e, e);
        }
    }

    private static String resource(String name) {
        try (InputStream in = PatternLoader.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new PatternException(FOLDER + name + ": not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new PatternException(FOLDER + name + ": cannot be read: " + e, e);
        }
    }
}
