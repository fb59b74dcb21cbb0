package io.kubeguardian.cli.rules;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.kubeguardian.cli.Ansi;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.cli.stack.DecodedRecords;
import io.kubeguardian.cli.stack.TopicContents;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.RuleBundle;
import io.kubeguardian.schema.RuleCost;
import io.kubeguardian.schema.RuleStatus;
import io.kubeguardian.schema.RuleVerdict;
import io.kubeguardian.schema.Topics;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What the subtasks of the newest run of the job say that they run, beside what is published. */
final class EffectiveRules {
    /** Reports come every few seconds. */
    private static final Duration SILENT = Duration.ofSeconds(30);

    /** @param digest "configuration" for the files of the job's own configuration */
    private record Published(String digest, String issuedBy, String issuedTime, List<String> previous) {}

    /**
     * @param state runs: what is published; other; pending; refused; silent: no report for half a minute; missing
     * @param digest of what runs
     */
    private record Subtask(
            int subtask, String state, String digest, boolean configured, String since, String heard, long rules,
            int leftOut, long events, String problem) {
        @JsonIgnore
        boolean isFine() {
            return state.equals("runs");
        }
    }

    /**
     * @param nanosPerEvaluation null: none of them was timed yet
     * @param share of the time that all rules take; null as above
     */
    private record Row(String name, long hits, long evaluations, Double nanosPerEvaluation, Double share) {}

    /** @param sharedChecks what several rules test once for all of them; its evaluations are events */
    private record Report(
            boolean effective, Published published, String job, String jobId, List<Subtask> subtasks, List<Row> rules,
            Row sharedChecks, int rulesLeftOut) {}

    private static final class Sum {
        long hits;
        long evaluations;
        long sampled;
        long nanos;

        void add(long moreHits, long moreEvaluations, long moreSampled, long moreNanos) {
            hits += moreHits;
            evaluations += moreEvaluations;
            sampled += moreSampled;
            nanos += moreNanos;
        }

        double total() {
            return sampled == 0 ? 0 : (double) nanos / sampled * evaluations;
        }

        Row row(String name, double all) {
            return new Row(name, hits, evaluations, sampled == 0 ? null : (double) nanos / sampled,
                    sampled == 0 || all == 0 ? null : total() / all);
        }
    }

    private final Report report;
    private final BundleKind kind;

    private EffectiveRules(Report report, BundleKind kind) {
        this.report = report;
        this.kind = kind;
    }

    /** @throws UserError when no job has reported */
    static EffectiveRules read(Map<String, Object> client, BundleKind kind, Instant now) {
        return new EffectiveRules(
                report(PublishedRules.read(client, kind).active(), newestRun(client, kind), now), kind);
    }

    /** Prints it; the exit code says whether every subtask runs what is published. */
    int show(RulesCommand.Format format, Ansi ansi) {
        if (format == RulesCommand.Format.json) {
            System.out.println(Texts.json(report));
        } else {
            print(ansi);
        }
        return report.effective() ? 0 : 1;
    }

    private static List<RuleStatus> newestRun(Map<String, Object> client, BundleKind kind) {
        AvroCodec<RuleStatus> codec = AvroCodec.of(RuleStatus.class);
        List<RuleStatus> all = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : TopicContents.of(client, Topics.RULE_STATUS)) {
            DecodedRecords.value(codec, record).filter(status -> status.getJob().equals(kind.job())).ifPresent(all::add);
        }
        RuleStatus newest = all.stream().max(Comparator.comparingLong(RuleStatus::getTime)).orElseThrow(() ->
                new UserError("no job has reported its " + kind.command() + " on " + Topics.RULE_STATUS + "; is the detection job running?"));
        Map<Integer, RuleStatus> last = new TreeMap<>();
        for (RuleStatus status : all) {
            if (status.getJobId().equals(newest.getJobId()) && status.getSubtask() < newest.getParallelism()) {
                last.put(status.getSubtask(), status);
            }
        }
        return List.copyOf(last.values());
    }

    private static Report report(RuleBundle active, List<RuleStatus> run, Instant now) {
        RuleStatus first = run.getFirst();
        Map<Integer, Subtask> subtasks = new TreeMap<>();
        run.forEach(status -> subtasks.put(status.getSubtask(), subtask(status, active, now)));
        for (int i = 0; i < first.getParallelism(); i++) {
            subtasks.putIfAbsent(i, new Subtask(i, "missing", "", false, "", "", 0, 0, 0, ""));
        }
        Map<String, Sum> sums = new LinkedHashMap<>();
        Sum shared = new Sum();
        int leftOut = 0;
        for (RuleStatus status : run) {
            for (RuleCost cost : status.getCosts()) {
                sums.computeIfAbsent(cost.getRule(), name -> new Sum()).add(cost.getHits(), cost.getEvaluations(),
                        cost.getSampledEvaluations(), cost.getSampledNanos());
            }
            shared.add(0, status.getEvents(), status.getSampledEvents(), status.getSampledSharedNanos());
            leftOut = Math.max(leftOut, status.getCostsLeftOut());
        }
        double all = shared.total() + sums.values().stream().mapToDouble(Sum::total).sum();
        List<Row> rows = sums.entrySet().stream()
                .sorted(Map.Entry.<String, Sum>comparingByValue(
                        Comparator.comparingDouble(Sum::total).thenComparingLong(sum -> sum.hits).reversed())
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(sum -> sum.getValue().row(sum.getKey(), all)).toList();
        return new Report(subtasks.values().stream().allMatch(Subtask::isFine), published(active), first.getJob(),
                first.getJobId(), List.copyOf(subtasks.values()), rows, shared.row("shared checks", all), leftOut);
    }

    private static Published published(RuleBundle active) {
        return active == null ? null : new Published(PublishedRules.name(active.getDigest()), active.getIssuedBy(),
                time(active.getIssuedTime()), active.getPrevious().stream().map(PublishedRules::name).toList());
    }

    private static Subtask subtask(RuleStatus status, RuleBundle active, Instant now) {
        return new Subtask(status.getSubtask(), state(status, active, now), status.getDigest(), status.getConfigured(),
                time(status.getSince()), time(status.getTime()), status.getRules(), status.getLeftOut(),
                status.getEvents(), status.getProblem());
    }

    private static String state(RuleStatus status, RuleBundle active, Instant now) {
        if (Instant.ofEpochSecond(0, status.getTime()).isBefore(now.minus(SILENT))) {
            return "silent";
        }
        if (status.getVerdict() == RuleVerdict.REJECTED) {
            return "refused";
        }
        if (status.getVerdict() == RuleVerdict.PENDING) {
            return "pending";
        }
        boolean asPublished = active == null || active.getDigest().isEmpty() ? status.getConfigured()
                : status.getDigest().equals(active.getDigest());
        return asPublished ? "runs" : "other";
    }

    private static String time(long nanos) {
        return Instant.ofEpochSecond(0, nanos).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private void print(Ansi ansi) {
        Published published = report.published();
        System.out.println(published == null ? "published   nothing; the job runs the files of its configuration"
                : "published   " + Texts.line(published.digest()) + " by " + Texts.line(published.issuedBy()) + " at "
                        + published.issuedTime());
        System.out.println("job         " + Texts.line(report.job()) + " " + Texts.line(report.jobId()));
        for (Subtask subtask : report.subtasks()) {
            String state = subtask.isFine() ? ansi.green(subtask.state()) : ansi.red(subtask.state());
            System.out.println("subtask " + String.format("%-3d ", subtask.subtask()) + state
                    + (subtask.state().equals("missing") ? "" : " " + Texts.line(subtask.digest())
                            + (subtask.configured() ? " (configuration)" : "") + " since " + subtask.since() + ", "
                            + Texts.count(subtask.rules(), kind.noun())
                            + (kind == BundleKind.RULES ? ", " + Texts.count(subtask.events(), "event") : "") + ", heard " + subtask.heard()));
            subtask.problem().lines().forEach(line -> System.out.println("            " + Texts.line(line)));
        }
        if (kind == BundleKind.RULES) {
            printCosts(ansi);
        }
    }

    private void printCosts(Ansi ansi) {
        int name = Math.max(13, report.rules().stream().mapToInt(row -> row.name().length()).max().orElse(0));
        System.out.printf("%n%-" + name + "s  %10s  %14s  %9s  %6s%n", "RULE", "HITS", "EVALUATIONS", "NS EACH", "SHARE");
        report.rules().forEach(row -> print(row, name));
        print(report.sharedChecks(), name);
        if (report.rulesLeftOut() > 0) {
            System.out.println(ansi.dim("and " + Texts.count(report.rulesLeftOut(), "cheaper rule")));
        }
    }

    private static void print(Row row, int name) {
        System.out.printf(Locale.ROOT, "%-" + name + "s  %10d  %14d  %9s  %6s%n", Texts.line(row.name()), row.hits(),
                row.evaluations(),
                row.nanosPerEvaluation() == null ? "-" : String.format(Locale.ROOT, "%.1f", row.nanosPerEvaluation()),
                row.share() == null ? "-" : String.format(Locale.ROOT, "%.1f%%", 100 * row.share()));
    }
}
