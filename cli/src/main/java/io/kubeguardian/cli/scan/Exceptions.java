package io.kubeguardian.cli.scan;

import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.policy.Finding;
import io.kubeguardian.policy.Node;
import io.kubeguardian.policy.manifest.ManifestReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Findings that somebody has accepted, with a reason and for a time: docs/scan.md has the file's format. Thread safe. */
final class Exceptions {
    static final Exceptions NONE = new Exceptions(List.of());

    private static final Set<String> KEYS = Set.of("check", "file", "kind", "namespace", "name", "path", "reason", "expires");

    private final List<Entry> entries;
    private final AtomicLong used = new AtomicLong();

    private Exceptions(List<Entry> entries) {
        this.entries = entries;
    }

    /** @param patterns by key; a star stands for any characters, a key that is not given for anything */
    private record Entry(int line, Map<String, String> patterns, LocalDate expires, AtomicLong uses) {}

    /**
     * Reads a file.
     *
     * @param today an exception counts up to and with the day that it expires on
     * @throws UserError when the file is not as it should be
     */
    static Exceptions read(Path file, LocalDate today) {
        Node list = root(file).get("exceptions");
        if (!list.isArray()) {
            throw new UserError(file + ":1: expected a list under the key exceptions");
        }
        List<Entry> entries = new ArrayList<>();
        for (Node node : list) {
            Entry entry = entry(file, node);
            if (entry.expires.isBefore(today)) {
                System.err.println("kubeguardian: " + file + ":" + entry.line + ": this exception expired on " + entry.expires
                        + " and counts no more");
            } else {
                entries.add(entry);
            }
        }
        return new Exceptions(entries);
    }

    private static Node root(Path file) {
        try {
            if (Files.size(file) > Inputs.MOST_BYTES) {
                throw new UserError(file + ": larger than " + Inputs.MOST_BYTES + " bytes");
            }
            ManifestReader.Content content = new ManifestReader().read(Files.readAllBytes(file));
            if (!content.problems().isEmpty()) {
                ManifestReader.Problem problem = content.problems().getFirst();
                throw new UserError(file + ":" + problem.line() + ": " + Texts.line(problem.message()));
            }
            return content.documents().isEmpty() ? Node.MISSING : content.documents().getFirst().root();
        } catch (IOException e) {
            throw new UserError(file + ": cannot be read: " + Texts.reason(e), e);
        }
    }

    private static Entry entry(Path file, Node node) {
        String at = file + ":" + node.line() + ": ";
        Map<String, String> patterns = new LinkedHashMap<>();
        for (int i = 0; i < node.size() && node.isObject(); i++) {
            if (!KEYS.contains(node.name(i))) {
                throw new UserError(file + ":" + node.at(i).line() + ": unknown key " + Texts.line(node.name(i))
                        + "; an exception has " + String.join(", ", KEYS.stream().sorted().toList()));
            }
            patterns.put(node.name(i), node.at(i).scalarText());
        }
        String expires = patterns.remove("expires");
        String reason = patterns.remove("reason");
        if (!patterns.containsKey("check") || reason == null || reason.isBlank() || expires == null) {
            throw new UserError(at + "an exception needs check, reason and expires");
        }
        try {
            return new Entry(node.line(), patterns, LocalDate.parse(expires), new AtomicLong());
        } catch (DateTimeParseException e) {
            throw new UserError(at + "expires must be a date, as 2027-01-31", e);
        }
    }

    boolean cover(ResourceResult resource, Finding finding) {
        for (Entry entry : entries) {
            if (covers(entry.patterns, resource, finding)) {
                entry.uses.incrementAndGet();
                used.incrementAndGet();
                return true;
            }
        }
        return false;
    }

    private static boolean covers(Map<String, String> patterns, ResourceResult resource, Finding finding) {
        for (Map.Entry<String, String> pattern : patterns.entrySet()) {
            String value = switch (pattern.getKey()) {
                case "check" -> finding.id();
                case "file" -> resource.file();
                case "kind" -> resource.kind();
                case "namespace" -> resource.namespace();
                case "name" -> resource.name();
                default -> finding.path();
            };
            if (!matches(pattern.getValue(), value)) {
                return false;
            }
        }
        return true;
    }

    /** Findings that were accepted. */
    long used() {
        return used.get();
    }

    /** The lines of exceptions that nothing matched: they can go. */
    List<Integer> unused() {
        return entries.stream().filter(entry -> entry.uses.get() == 0).map(Entry::line).toList();
    }

    /** Stars stand for any characters. In time proportional to both lengths' product at most. */
    static boolean matches(String pattern, String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int mark = 0;
        while (t < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                mark = t;
            } else if (p < pattern.length() && pattern.charAt(p) == text.charAt(t)) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++mark;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
