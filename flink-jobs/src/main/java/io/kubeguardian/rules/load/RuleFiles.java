package io.kubeguardian.rules.load;

import io.kubeguardian.rules.RuleLoadException;
import io.kubeguardian.rules.RuleProblem;
import io.kubeguardian.rules.RuleSource;
import io.kubeguardian.rules.syntax.Location;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Where rule files come from. */
public final class RuleFiles {
    private static final String FOLDER = "/kubeguardian/rules/";

    private RuleFiles() {}

    /** The files of this module, in the order of their index. */
    public static List<RuleSource> builtIn() {
        List<RuleSource> sources = new ArrayList<>();
        for (String name : new String(resource("index"), StandardCharsets.UTF_8).split("\n")) {
            if (!name.isBlank()) {
                sources.add(new RuleSource(name.strip(), resource(name.strip())));
            }
        }
        return sources;
    }

    /** @throws RuleLoadException naming each path that cannot be read */
    public static List<RuleSource> read(List<Path> paths) {
        List<RuleSource> sources = new ArrayList<>();
        List<RuleProblem> problems = new ArrayList<>();
        for (Path path : paths) {
            try {
                List<Path> files = files(path);
                for (Path file : files) {
                    sources.add(new RuleSource(file.toString(), Files.readAllBytes(file)));
                }
                if (files.isEmpty()) {
                    problems.add(new RuleProblem(new Location(path.toString(), 1, 1), "folder has no .yaml or .yml file"));
                }
            } catch (IOException e) {
                String reason = Files.exists(path) ? "cannot be read: " + e : "does not exist";
                problems.add(new RuleProblem(new Location(path.toString(), 1, 1), "rule file " + reason));
            }
        }
        if (!problems.isEmpty()) {
            throw new RuleLoadException(problems);
        }
        return sources;
    }

    private static List<Path> files(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.filter(file -> file.toString().endsWith(".yaml") || file.toString().endsWith(".yml"))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        }
    }

    private static byte[] resource(String name) {
        try (InputStream stream = RuleFiles.class.getResourceAsStream(FOLDER + name)) {
            if (stream == null) {
                throw new IllegalStateException("resource " + FOLDER + name + " is missing from this build");
            }
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("resource " + FOLDER + name, e);
        }
    }
}
