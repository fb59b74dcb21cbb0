package io.kubeguardian.cli.scan;

import io.kubeguardian.cli.Texts;
import io.kubeguardian.policy.Finding;
import io.kubeguardian.policy.Fix;
import io.kubeguardian.policy.Node;
import io.kubeguardian.policy.PodTemplates;
import io.kubeguardian.policy.manifest.ManifestReader;
import io.kubeguardian.policy.manifest.UnreadableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes the fixes of findings into files. Before anything is written the new text is read: its objects must be the old ones
 * with the fixes and nothing else changed, and the findings must be gone. Else the file stays as it was. Thread safe.
 */
final class Fixer {
    /** A fix can make another finding fixable (a container that is no longer privileged may forbid escalation). */
    private static final int MOST_ROUNDS = 5;

    private final List<Profile> profiles;
    private final PodTemplates templates;
    private final Selection selection;
    private final AtomicLong findings = new AtomicLong();
    private final AtomicLong files = new AtomicLong();

    Fixer(List<Profile> profiles, PodTemplates templates, Selection selection) {
        this.profiles = profiles;
        this.templates = templates;
        this.selection = selection;
    }

    /** How many findings were mended. */
    long findings() {
        return findings.get();
    }

    /** How many files were written. */
    long files() {
        return files.get();
    }

    /**
     * Mends one file.
     *
     * @param content what was read from it
     * @param errors where it is told when a file cannot be mended
     * @return what is in the file now
     */
    ManifestReader.Content fix(Inputs.Source source, byte[] bytes, ManifestReader.Content content, ManifestReader reader,
            List<ScanError> errors) {
        try {
            String raw = ManifestReader.decode(bytes);
            boolean mark = bytes.length >= 3 && bytes[0] == (byte) 0xEF;
            String text = raw.replace("\r\n", "\n");
            boolean windows = text.length() != raw.length();
            if (windows && raw.indexOf('\n') > 0 && raw.replace("\r\n", "").indexOf('\n') >= 0) {
                return content; // mixed line ends: writing it would change lines that nobody asked to change
            }
            String fixed = text;
            ManifestReader.Content now = content;
            int mended = 0;
            for (int round = 0; round < MOST_ROUNDS; round++) {
                Round one = round(source, fixed, now, reader);
                if (one == null) {
                    errors.add(new ScanError(source.name(), 1, "cannot be fixed without changing more: mend it by hand"));
                    return content;
                }
                if (one.mended == 0) {
                    break;
                }
                fixed = one.text;
                now = one.content;
                mended += one.mended;
            }
            if (mended == 0) {
                return now;
            }
            replace(source.path(), (mark ? "\uFEFF" : "") + (windows ? fixed.replace("\n", "\r\n") : fixed));
            findings.addAndGet(mended);
            files.incrementAndGet();
            return now;
        } catch (UnreadableException e) {
            return content; // told already
        } catch (IOException e) {
            errors.add(new ScanError(source.name(), 1, "cannot be written: " + Texts.reason(e)));
            return content;
        }
    }

    /** Writes beside the file and takes its place: on a full disk, and when it is killed half-way, the manifest is whole. */
    static void replace(Path file, String text) throws IOException {
        Path target = file.toRealPath(); // a link stays one
        if (!Files.isWritable(target)) {
            throw new AccessDeniedException(target.toString());
        }
        Path next = Files.createTempFile(target.getParent(), ".kubeguardian-", ".tmp");
        try {
            Files.writeString(next, text, StandardCharsets.UTF_8);
            PosixFileAttributes as = Files.getFileAttributeView(target, PosixFileAttributeView.class).readAttributes();
            PosixFileAttributeView view = Files.getFileAttributeView(next, PosixFileAttributeView.class);
            PosixFileAttributes is = view.readAttributes();
            if (!is.owner().equals(as.owner())) {
                view.setOwner(as.owner());
            }
            if (!is.group().equals(as.group())) {
                view.setGroup(as.group());
            }
            view.setPermissions(as.permissions());
            Files.move(next, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(next);
        }
    }

    private record Round(String text, ManifestReader.Content content, int mended) {}

    /** All fixes that there are now; null when the result is not what it should be. */
    private Round round(Inputs.Source source, String text, ManifestReader.Content content, ManifestReader reader) {
        StringBuilder out = new StringBuilder();
        List<Node> expected = new ArrayList<>();
        int copied = 0;
        int mended = 0;
        for (ManifestReader.Document document : content.documents()) {
            List<Fix> fixes = new ArrayList<>();
            int fixable = fixes(source, document, fixes);
            Node root = document.root();
            String part = text.substring(document.start(), document.end());
            for (Fix fix : fixes) {
                Node then = fix.applyTo(root);
                if (then.equals(root)) {
                    continue;
                }
                part = TextFix.apply(part, fix);
                if (part == null) {
                    return null;
                }
                root = then;
            }
            mended += fixable;
            expected.add(root);
            if (!fixes.isEmpty()) {
                out.append(text, copied, document.start()).append(part);
                copied = document.end();
            }
        }
        if (mended == 0) {
            return new Round(text, content, 0);
        }
        String fixed = out.append(text, copied, text.length()).toString();
        if (fixed.equals(text)) {
            return new Round(text, content, 0);
        }
        ManifestReader.Content then = reader.read(fixed);
        boolean asExpected = then.problems().size() == content.problems().size()
                && then.documents().stream().map(ManifestReader.Document::root).toList().equals(expected);
        return asExpected ? new Round(fixed, then, mended) : null;
    }

    /** The fixes of a document's findings, and of how many findings they are. */
    private int fixes(Inputs.Source source, ManifestReader.Document document, List<Fix> fixes) {
        int[] count = {0};
        Scanner.eachManifest(document.root(), templates, (manifest, way) -> {
            ResourceResult resource = new ResourceResult(source.name(), document.line(), document.index(), manifest.kind(),
                    manifest.namespace(), manifest.name(), List.of());
            List<Finding> findings = new ArrayList<>();
            profiles.forEach(profile -> findings.addAll(profile.engine().evaluate(manifest)));
            for (Finding finding : findings) {
                if (!finding.fixes().isEmpty() && selection.shows(finding) && !selection.excepts(resource, finding)) {
                    finding.fixes().forEach(fix -> fixes.add(fix.below(way)));
                    count[0]++;
                }
            }
        });
        return count[0];
    }
}
