package io.kubeguardian.cli.scan;

import io.kubeguardian.policy.Finding;
import io.kubeguardian.policy.Severity;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a scan found.
 *
 * @param files that were read, or tried
 * @param documents that are not empty
 * @param resources objects of Kubernetes among them
 * @param results objects with findings, in the order of files
 * @param profiles what became of each profile's checks
 * @param templates files that only Helm can read
 */
record ScanResult(int files, long documents, long resources, List<ResourceResult> results, List<ScanError> errors,
        List<ProfileResult> profiles, List<String> templates) {
    /** @param counts by check */
    record ProfileResult(Profile profile, Map<String, Tally> counts) {}

    /** To how many objects a check was applied, and how many of them failed it. */
    record Tally(long applied, long failed) {
        static final Tally NONE = new Tally(0, 0);

        Tally plus(long moreApplied, long moreFailed) {
            return new Tally(applied + moreApplied, failed + moreFailed);
        }
    }

    long violations() {
        return results.stream().mapToLong(result -> result.findings().size()).sum();
    }

    Map<Severity, Long> bySeverity() {
        Map<Severity, Long> counts = new EnumMap<>(Severity.class);
        for (Severity severity : Severity.values()) {
            counts.put(severity, 0L);
        }
        for (ResourceResult result : results) {
            for (Finding finding : result.findings()) {
                counts.merge(finding.severity(), 1L, Long::sum);
            }
        }
        return counts;
    }

    /** The same with fewer findings. */
    ScanResult with(List<ResourceResult> fewer) {
        return new ScanResult(files, documents, resources, fewer, errors, profiles, templates);
    }
}
