package io.kubeguardian.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the documentation says to type exists. */
class DocumentedCommandsTest {
    private static final Path ROOT = Path.of("..");
    /** A command line in a text: up to what ends it there, a quoting mark, a pipe, a comment, the next column of a list. */
    private static final Pattern LINE = Pattern.compile("(?<![\\w./-])(?:\\./)?kubeguardian ([^`|#;>]*?)(?:[`|#;>]|\\s{3}|$)");
    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--[a-z][a-z-]*");
    private static final List<String> OF_THE_SCRIPT = List.of("test");

    @Test
    void everyCommandAndOptionOfTheDocumentationExists() throws IOException {
        List<String> unknown = new ArrayList<>();
        int[] lines = {0};
        for (Path page : pages()) {
            List<String> text = Files.readAllLines(page);
            for (int i = 0; i < text.size(); i++) {
                Matcher line = LINE.matcher(text.get(i));
                while (line.find()) {
                    lines[0]++;
                    String problem = problem(line.group(1));
                    if (problem != null) {
                        unknown.add(page + ":" + (i + 1) + ": " + problem);
                    }
                }
            }
        }

        assertThat(unknown).isEmpty();
        assertThat(lines[0]).as("command lines found").isGreaterThan(80);
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        for (String folder : List.of("docs", "webhook", "benchmarks", "deploy")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
                files.filter(file -> file.toString().endsWith(".md") && !file.toString().contains("/target/")
                        && !file.toString().contains("/decisions/")).sorted().forEach(pages::add); // decisions tell of their day
            }
        }
        pages.add(ROOT.resolve("README.md"));
        return pages;
    }

    private static String problem(String line) {
        CommandLine command = new CommandLine(Main.class);
        for (String word : line.split("\\s+")) {
            if (command.getSubcommands().isEmpty() || !word.matches("[a-z]+")) {
                break;
            }
            if (OF_THE_SCRIPT.contains(word) && command.getParent() == null) {
                return null;
            }
            if (!command.getSubcommands().containsKey(word)) {
                // "kubeguardian" in a sentence is the product's name in the middle of one, and no command.
                return line.contains("--") ? "no command '" + word + "' in: " + line : null;
            }
            command = command.getSubcommands().get(word);
        }
        Matcher option = OPTION.matcher(line);
        while (option.find()) {
            if (command.getCommandSpec().findOption(option.group()) == null) {
                return command.getCommandSpec().qualifiedName() + " has no " + option.group();
            }
        }
        return null;
    }
}
