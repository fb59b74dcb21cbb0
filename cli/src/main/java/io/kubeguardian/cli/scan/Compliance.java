package io.kubeguardian.cli.scan;

import io.kubeguardian.policy.Catalog;
import io.kubeguardian.policy.CheckInfo;
import io.kubeguardian.policy.Control;
import io.kubeguardian.policy.Framework;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How manifests stand with a framework, control by control. A control fails when a check that answers it finds something in
 * any object, passes when its checks were applied and found nothing, and is not applicable when no object has what it is
 * about, or when manifests cannot show it.
 */
record Compliance(Profile profile, List<Row> rows) {
    enum Status {
        PASSED,
        FAILED,
        NOT_APPLICABLE;

        /** As reports write it: {@code not applicable}. */
        String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /**
     * One control.
     *
     * @param checks ids of those that answer it
     * @param applied judgements of objects by these checks
     * @param failed how many of them found something
     */
    record Row(Control control, List<String> checks, Status status, long applied, long failed) {}

    /** Of each profile that is a framework's. */
    static List<Compliance> of(ScanResult result) {
        return result.profiles().stream().filter(one -> one.profile().framework() != null)
                .map(one -> of(one.profile(), one.counts())).toList();
    }

    /** Of every framework, from a scan with all checks; Pod Security Standards by their latest version. */
    static List<Compliance> ofAll(ScanResult result) {
        Map<String, ScanResult.Tally> counts = result.profiles().getFirst().counts();
        List<Compliance> all = new ArrayList<>();
        for (Framework framework : Framework.values()) {
            all.add(of(new Profile(framework, Integer.MAX_VALUE, result.profiles().getFirst().profile().engine(), false), counts));
        }
        return all;
    }

    private static Compliance of(Profile profile, Map<String, ScanResult.Tally> counts) {
        List<Row> rows = new ArrayList<>();
        for (Control control : Catalog.controls(profile.framework())) {
            if (control.since() <= profile.minor()) {
                rows.add(row(control, counts));
            }
        }
        return new Compliance(profile, rows);
    }

    private static Row row(Control control, Map<String, ScanResult.Tally> counts) {
        List<String> checks = new ArrayList<>();
        long applied = 0;
        long failed = 0;
        for (CheckInfo check : Catalog.checksById().values()) {
            if (check.controls().contains(control)) {
                checks.add(check.id());
                ScanResult.Tally tally = counts.getOrDefault(check.id(), ScanResult.Tally.NONE);
                applied += tally.applied();
                failed += tally.failed();
            }
        }
        Status status = failed > 0 ? Status.FAILED : applied > 0 ? Status.PASSED : Status.NOT_APPLICABLE;
        return new Row(control, checks, status, applied, failed);
    }

    long count(Status status) {
        return rows.stream().filter(row -> row.status == status).count();
    }

    /** {@code v1.29}, {@code latest}; empty for frameworks that have no versions here. */
    String version() {
        if (!profile.framework().isVersioned()) {
            return "";
        }
        return profile.minor() == Integer.MAX_VALUE ? "latest" : "v1." + profile.minor();
    }

    /** Title and version. */
    String heading() {
        return profile.framework().title() + (version().isEmpty() ? "" : ", " + version());
    }

    /** Controls passed of those that apply, in percent; 100 when none applies. */
    int score() {
        long passed = count(Status.PASSED);
        long judged = passed + count(Status.FAILED);
        return judged == 0 ? 100 : (int) (100 * passed / judged);
    }
}
