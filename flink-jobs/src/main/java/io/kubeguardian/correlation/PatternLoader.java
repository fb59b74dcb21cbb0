package io.kubeguardian.correlation;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Finds pattern files. All load, or none: the first error stops it. */
public final class PatternLoader {
    private static final String FOLDER = "/kubeguardian/patterns/";
    private static final long MAX_BYTES = 1 << 20;

    private PatternLoader() {}

    /**
     * @param paths files, or folders whose *.yaml and *.yml are taken; empty: the patterns that come with KubeGuardian
     * @throws PatternException with one line that says where, what, and what to do
     */
    public static List<CorrelationPattern> load(List<String> paths) {
        if (paths.isEmpty()) {
            return loadBuiltIn();
        }
        List<CorrelationPattern> patterns = new ArrayList<>();
        for (String path : paths) {
            for (Path file : files(Path.of(path))) {
                patterns.addAll(PatternParser.parse(file.toString(), read(file)));
            }
        }
        if (patterns.isEmpty()) {
            throw new PatternException(
                    String.join(", ", paths) + ": no *.yaml or *.yml file; correct detection.patterns");
        }
        return unique(patterns);
    }

    /** The patterns that come with KubeGuardian. */
    public static List<CorrelationPattern> loadBuiltIn() {
        List<CorrelationPattern> patterns = new ArrayList<>();
        for (String name : resource("index").lines().filter(line -> !line.isBlank()).toList()) {
            patterns.addAll(PatternParser.parse(name, resource(name)));
        }
        return unique(patterns);
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
        } catch (java.nio.file.NoSuchFileException e) {
            throw new PatternException(file + ": no such file; correct detection.patterns", e);
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

    private static List<CorrelationPattern> unique(List<CorrelationPattern> patterns) {
        Map<String, String> titles = new HashMap<>();
        for (CorrelationPattern pattern : patterns) {
            String other = titles.put(pattern.id(), pattern.title());
            if (other != null) {
                throw new PatternException("two patterns have the id " + pattern.id() + ": " + other + " and "
                        + pattern.title() + "; give one of them another");
            }
        }
        return List.copyOf(patterns);
    }
}
