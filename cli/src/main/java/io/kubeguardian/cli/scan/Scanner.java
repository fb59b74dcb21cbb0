package io.kubeguardian.cli.scan;

import io.kubeguardian.cli.Texts;
import io.kubeguardian.policy.Check;
import io.kubeguardian.policy.Finding;
import io.kubeguardian.policy.Manifest;
import io.kubeguardian.policy.Node;
import io.kubeguardian.policy.PodTemplates;
import io.kubeguardian.policy.manifest.ManifestReader;
import io.kubeguardian.policy.manifest.UnreadableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Reads files in parallel and runs the checks; keeps findings, not sources. Results come in the order of the files. */
final class Scanner {
    /** Lists within lists are no manifests; a bound keeps a hostile one from being expensive. */
    private static final int DEEPEST_LIST = 4;

    private final List<Profile> profiles;
    private final Selection selection;
    private final PodTemplates templates;
    private final NetworkCoverage coverage;
    private final Fixer fixer;

    /**
     * @param fixer writes fixes into the files before they are judged; null to leave them as they are
     */
    Scanner(List<Profile> profiles, Selection selection, PodTemplates templates, NetworkCoverage coverage, Fixer fixer) {
        this.profiles = profiles;
        this.selection = selection;
        this.templates = templates;
        this.coverage = coverage;
        this.fixer = fixer;
    }

    /** Of one file. */
    private record FileResult(List<ResourceResult> results, List<ScanError> errors, int documents, int resources,
            boolean template) {}

    /**
     * Scans all of them.
     *
     * @param threads how many to use
     */
    ScanResult scan(Inputs inputs, int threads) throws InterruptedException {
        List<Inputs.Source> sources = inputs.sources();
        FileResult[] files = new FileResult[sources.size()];
        Counts[] counts = new Counts[threads];
        AtomicInteger next = new AtomicInteger();
        List<Thread> workers = new ArrayList<>();
        Throwable[] failure = new Throwable[1];
        for (int i = 0; i < threads; i++) {
            Counts own = new Counts(profiles);
            counts[i] = own;
            Runnable work = () -> work(sources, files, own, next);
            if (i == threads - 1) {
                work.run(); // the caller is a worker too
            } else {
                Thread worker = new Thread(work, "scan-" + i);
                worker.setUncaughtExceptionHandler((thread, e) -> failure[0] = e);
                worker.start();
                workers.add(worker);
            }
        }
        for (Thread worker : workers) {
            worker.join();
        }
        if (failure[0] != null) {
            throw new IllegalStateException("a worker failed", failure[0]);
        }
        return collect(inputs, files, counts);
    }

    private void work(List<Inputs.Source> sources, FileResult[] files, Counts counts, AtomicInteger next) {
        ManifestReader reader = new ManifestReader();
        for (int i = next.getAndIncrement(); i < files.length; i = next.getAndIncrement()) {
            files[i] = file(sources.get(i), reader, counts);
        }
    }

    private ScanResult collect(Inputs inputs, FileResult[] files, Counts[] counts) {
        List<ResourceResult> results = new ArrayList<>();
        List<ScanError> errors = new ArrayList<>(inputs.errors());
        List<String> helm = new ArrayList<>();
        long documents = 0;
        long resources = 0;
        for (int i = 0; i < files.length; i++) {
            results.addAll(files[i].results);
            errors.addAll(files[i].errors);
            documents += files[i].documents;
            resources += files[i].resources;
            if (files[i].template) {
                helm.add(inputs.sources().get(i).name());
            }
        }
        Map<String, ScanResult.Tally> network = coverage.addTo(results, selection);
        List<ScanResult.ProfileResult> byProfile = new ArrayList<>();
        for (int i = 0; i < profiles.size(); i++) {
            byProfile.add(new ScanResult.ProfileResult(profiles.get(i), Counts.sum(counts, i, network)));
        }
        return new ScanResult(files.length + inputs.errors().size(), documents, resources, results, errors, byProfile, helm);
    }

    /** What became of every profile's checks, as one thread counts it: place by place of the engine's checks. */
    private record Counts(List<Profile> profiles, long[][] applied, long[][] failed) {
        Counts(List<Profile> profiles) {
            this(profiles, new long[profiles.size()][], new long[profiles.size()][]);
            for (int i = 0; i < applied.length; i++) {
                applied[i] = new long[profiles.get(i).engine().checks().size()];
                failed[i] = new long[applied[i].length];
            }
        }

        static Map<String, ScanResult.Tally> sum(Counts[] threads, int profile, Map<String, ScanResult.Tally> more) {
            Map<String, ScanResult.Tally> sums = new TreeMap<>(more);
            List<Check> checks = threads[0].profiles.get(profile).engine().checks();
            for (Counts counts : threads) {
                for (int i = 0; i < checks.size(); i++) {
                    String id = checks.get(i).info().id();
                    sums.put(id, sums.getOrDefault(id, ScanResult.Tally.NONE)
                            .plus(counts.applied[profile][i], counts.failed[profile][i]));
                }
            }
            return sums;
        }
    }

    private FileResult file(Inputs.Source source, ManifestReader reader, Counts counts) {
        List<ScanError> errors = new ArrayList<>(0);
        try {
            byte[] bytes = source.read();
            ManifestReader.Content content = reader.read(bytes);
            if (!content.problems().isEmpty() && isHelmTemplate(source, bytes)) {
                return new FileResult(List.of(), List.of(), 0, 0, true);
            }
            if (fixer != null && source.path() != null) {
                content = fixer.fix(source, bytes, content, reader, errors);
            }
            for (ManifestReader.Problem problem : content.problems()) {
                errors.add(new ScanError(source.name(), problem.line(), problem.message()));
            }
            List<ResourceResult> results = new ArrayList<>(1);
            int[] resources = {0};
            for (ManifestReader.Document document : content.documents()) {
                eachManifest(document.root(), templates, (manifest, way) -> {
                    resources[0]++;
                    judge(source, document, manifest, counts, results);
                });
            }
            return new FileResult(results, errors, content.documents().size(), resources[0], false);
        } catch (IOException e) {
            errors.add(new ScanError(source.name(), 1, "cannot be read: " + Texts.reason(e)));
        } catch (RuntimeException | StackOverflowError e) {
            // A mistake of ours must not keep the other files from being judged, nor pass for a file that is fine.
            errors.add(new ScanError(source.name(), 1, "cannot be judged, by a mistake in KubeGuardian; please report " + e));
        }
        return new FileResult(List.of(), errors, 0, 0, false);
    }

    private void judge(Inputs.Source source, ManifestReader.Document document, Manifest manifest, Counts counts,
            List<ResourceResult> results) {
        List<Finding> shown = new ArrayList<>();
        ResourceResult result = new ResourceResult(source.name(), Math.max(1, manifest.root().line()), document.index(),
                manifest.kind(), manifest.namespace(), manifest.name(), shown);
        Set<String> told = profiles.size() == 1 ? null : new HashSet<>(); // frameworks share checks
        for (int i = 0; i < profiles.size(); i++) {
            profiles.get(i).engine().evaluate(manifest, counts.applied[i], counts.failed[i],
                    finding -> !selection.excepts(result, finding), finding -> {
                        if (selection.shows(finding) && (told == null || told.add(finding.id() + ' ' + finding.path()))) {
                            shown.add(withoutFixes(finding));
                        }
                    });
        }
        coverage.observe(manifest, result);
        if (!shown.isEmpty()) {
            results.add(result);
        }
    }

    /** Reports have no use for them, and a scan may find a million. */
    private static Finding withoutFixes(Finding finding) {
        return finding.fixes().isEmpty() ? finding
                : new Finding(finding.check(), finding.path(), finding.line(), finding.message(), List.of());
    }

    /** What is done with an object, and where it stands in its document. */
    interface Visit {
        void manifest(Manifest manifest, List<Object> way);
    }

    /** The objects of a document: the one that it is, or the items of a list. */
    static void eachManifest(Node root, PodTemplates templates, Visit visit) {
        eachManifest(root, templates, List.of(), DEEPEST_LIST, visit);
    }

    private static void eachManifest(Node root, PodTemplates templates, List<Object> way, int depth, Visit visit) {
        Manifest manifest = Manifest.of(root, templates).orElse(null);
        if (manifest == null) {
            return;
        }
        Node items = root.get("items");
        if (!manifest.kind().endsWith("List") || !items.isArray() || depth == 0) {
            visit.manifest(manifest, way);
            return;
        }
        for (int i = 0; i < items.size(); i++) {
            List<Object> itemWay = new ArrayList<>(way);
            itemWay.add("items");
            itemWay.add(i);
            eachManifest(items.at(i), templates, itemWay, depth - 1, visit);
        }
    }

    /** In a chart's templates folder, with template actions in it: YAML only after Helm has rendered it. */
    private static boolean isHelmTemplate(Inputs.Source source, byte[] bytes) {
        if (source.path() == null) {
            return false;
        }
        try {
            String text = ManifestReader.decode(bytes);
            Path folder = source.path().toAbsolutePath().getParent();
            for (Path at = folder; text.contains("{{") && at != null; at = at.getParent()) {
                if (at.getFileName() != null && at.getFileName().toString().equals("templates")
                        && Files.exists(at.resolveSibling("Chart.yaml"))) {
                    return true;
                }
            }
        } catch (UnreadableException e) {
            return false; // told as what it is
        }
        return false;
    }
}
