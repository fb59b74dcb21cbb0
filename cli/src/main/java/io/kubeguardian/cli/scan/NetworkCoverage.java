package io.kubeguardian.cli.scan;

import io.kubeguardian.policy.Catalog;
import io.kubeguardian.policy.CheckInfo;
import io.kubeguardian.policy.Finding;
import io.kubeguardian.policy.Manifest;
import io.kubeguardian.policy.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which namespaces and workloads no network policy covers: that shows only in all manifests together. Namespaces are judged
 * where their object is among the manifests, workloads where they name their namespace. Thread safe.
 */
final class NetworkCoverage {
    /** Their ids; both are found here and by no check of a single object. */
    static final List<String> CHECKS = List.of("namespace-network-policy", "workload-network-policy");

    private final CheckInfo ofNamespace = Catalog.check("namespace-network-policy");
    private final CheckInfo ofWorkload = Catalog.check("workload-network-policy");
    private final List<ResourceResult> namespaces = new ArrayList<>();
    private final List<Workload> workloads = new ArrayList<>();
    private final Map<String, List<Node>> selectors = new HashMap<>();

    private final boolean judges;

    /** @param profiles what is judged: a framework that has no control for it leaves it out */
    NetworkCoverage(List<Profile> profiles) {
        this.judges = profiles.stream().anyMatch(Profile::network);
    }

    private record Workload(ResourceResult result, Node labels, String path) {}

    void observe(Manifest manifest, ResourceResult result) {
        if (!judges) {
            return;
        }
        if (manifest.is("networking.k8s.io", "NetworkPolicy")) {
            Node selector = manifest.root().get("spec").get("podSelector");
            synchronized (this) {
                selectors.computeIfAbsent(manifest.namespace(), none -> new ArrayList<>()).add(selector);
            }
        } else if (manifest.is("", "Namespace")) {
            synchronized (this) {
                namespaces.add(result);
            }
        } else if (manifest.pod() != null && !manifest.namespace().isEmpty()) {
            Workload workload = new Workload(result, manifest.pod().metadata().get("labels"),
                    manifest.pod().metadataPath("labels"));
            synchronized (this) {
                workloads.add(workload);
            }
        }
    }

    /** Adds what is not covered to the results; returns how many objects were judged, and how many of them were not. */
    Map<String, ScanResult.Tally> addTo(List<ResourceResult> results, Selection selection) {
        List<ResourceResult> bare = new ArrayList<>();
        long bareNamespaces = 0;
        long bareWorkloads = 0;
        for (ResourceResult namespace : namespaces) {
            if (!selectors.containsKey(namespace.name())) {
                bareNamespaces += add(namespace, finding(ofNamespace, "metadata.name", namespace.line(),
                        "no network policy for namespace \"" + namespace.name() + "\" is among the manifests"), bare, selection);
            }
        }
        for (Workload workload : workloads) {
            boolean covered = selectors.getOrDefault(workload.result.namespace(), List.of()).stream()
                    .anyMatch(selector -> selects(selector, workload.labels));
            if (!covered) {
                bareWorkloads += add(workload.result, finding(ofWorkload, workload.path, workload.result.line(),
                        "no network policy among the manifests selects the pods of " + workload.result.label()), bare,
                        selection);
            }
        }
        if (!bare.isEmpty()) {
            results.addAll(bare);
            results.sort(Comparator.comparing(ResourceResult::file).thenComparing(ResourceResult::document)
                    .thenComparing(ResourceResult::line));
        }
        return Map.of(ofNamespace.id(), new ScanResult.Tally(namespaces.size(), bareNamespaces),
                ofWorkload.id(), new ScanResult.Tally(workloads.size(), bareWorkloads));
    }

    private static Finding finding(CheckInfo check, String path, int line, String what) {
        return new Finding(check, path, line, what + ": " + check.why(), List.of());
    }

    /** Results with findings are among the others already; what had none comes in now. Returns how many failed: 0 or 1. */
    private static int add(ResourceResult result, Finding finding, List<ResourceResult> bare, Selection selection) {
        if (selection.excepts(result, finding)) {
            return 0;
        }
        if (selection.shows(finding)) {
            if (result.findings().isEmpty()) {
                bare.add(result);
            }
            result.findings().add(finding);
        }
        return 1;
    }

    /** An empty selector selects all pods; of expressions, those that are not understood select too. */
    private static boolean selects(Node selector, Node labels) {
        Node match = selector.get("matchLabels");
        for (int i = 0; match.isObject() && i < match.size(); i++) {
            if (!labels.get(match.name(i)).scalarText().equals(match.at(i).scalarText())) {
                return false;
            }
        }
        for (Node expression : selector.get("matchExpressions")) {
            Node label = labels.get(expression.get("key").text());
            boolean in = expression.get("values").contains(label.text());
            boolean holds = switch (expression.get("operator").text()) {
                case "In" -> label.isPresent() && in;
                case "NotIn" -> !in;
                case "Exists" -> label.isPresent();
                case "DoesNotExist" -> !label.isPresent();
                default -> true;
            };
            if (!holds) {
                return false;
            }
        }
        return true;
    }
}
