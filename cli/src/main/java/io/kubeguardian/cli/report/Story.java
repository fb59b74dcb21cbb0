package io.kubeguardian.cli.report;

import io.kubeguardian.cli.UserError;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.schema.AdmissionAudit;
import io.kubeguardian.schema.AttackStep;
import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.ContainmentAudit;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.DecisionState;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.InvolvedProcess;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.ProcessRef;
import io.kubeguardian.schema.RiskFactor;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * The story of one incident; as JSON these are its keys.
 *
 * @param complete whether no event is known to be missing from its evidence
 */
record Story(
        String id, String title, String description, String priority, String state, int revision, List<String> patterns,
        String workload, String pod, String node, String entity, String first, String last, String told, boolean complete,
        long lostEvents, long missingBatches, long signalsOmitted, List<Moment> timeline, List<Tactic> attackPath,
        List<Process> processes, List<Containment> decisions, Risk risk, List<String> whatToDo) {

    /** A controller tries again and again: of what was refused the first are enough. */
    private static final int MOST_REFUSALS = 20;

    /**
     * @param kind signal, incident, decision, containment, admission
     * @param process command line of who did it; empty: nobody
     */
    record Moment(String time, String kind, String priority, String what, String process, String detail) {}

    record Tactic(String tactic, List<String> techniques, List<String> rules, String first) {}

    /** @param depth below the oldest known ancestor */
    record Process(int depth, int pid, String name, String command, int uid, List<String> rules) {}

    /** @param state in force, or why not (yet) */
    record Containment(
            String id, String time, String by, String verdict, String state, List<String> actions, String reason,
            String expires) {}

    record Risk(double score, String level, List<String> factors) {}

    static Story of(String id, ReportTopics topics) {
        List<Incident> revisions = new ArrayList<>();
        topics.incidents(Instant.EPOCH, one -> {
            if (one.getId().startsWith(id)) {
                revisions.add(one);
            }
        });
        List<String> ids = revisions.stream().map(Incident::getId).distinct().toList();
        if (ids.size() != 1) {
            throw new UserError("report: " + (ids.isEmpty() ? "no incident " : "more than one incident begins with ")
                    + Texts.line(id) + "; `kubeguardian report --from 1d` lists those of the last day");
        }
        Incident incident = revisions.stream().max(Comparator.comparingInt(Incident::getRevision)).orElseThrow();
        Instant began = Instant.ofEpochSecond(0, incident.getFirstEventTime());
        List<Decision> decisions = topics.decisions().stream()
                .filter(decision -> decision.getEvidenceId().equals(incident.getId())).toList();
        List<String> decided = decisions.stream().map(Decision::getId).toList();
        List<ContainmentAudit> audit = topics.audit(began).stream()
                .filter(step -> step.getEvidenceId().equals(incident.getId()) || decided.contains(step.getDecisionId()))
                .toList();
        String workload = Keys.workload(incident.getWorkload());
        List<AdmissionAudit> refusals = topics.refusals(began).stream()
                .filter(answer -> answer.getWorkload().equals(workload) && answer.getTime() >= incident.getFirstEventTime())
                .sorted(Comparator.comparingLong(AdmissionAudit::getTime)).limit(MOST_REFUSALS).toList();
        RiskScore risk = topics.risk().get(workload);
        Completeness completeness = incident.getCompleteness();
        return new Story(incident.getId(), incident.getTitle(), incident.getDescription(),
                incident.getPriority().name(), incident.getState().name(), incident.getRevision(),
                incident.getPatterns(), workload,
                incident.getPod().getNamespace() + '/' + incident.getPod().getName(), incident.getPod().getNode(),
                incident.getEntity(), time(incident.getFirstEventTime()), time(incident.getLastEventTime()),
                time(incident.getUpdatedTime()), completeness.getComplete(), completeness.getLostEvents(),
                completeness.getMissingBatches(), incident.getSignalsOmitted(),
                timeline(incident, revisions, decisions, audit, refusals), incident.getAttackPath().stream().map(Story::tactic)
                        .toList(), processes(incident.getProcesses()), decisions.stream().map(Story::containment).toList(),
                risk == null ? null : risk(risk), Advice.of(incident,
                        decisions.stream().anyMatch(Story::contains)));
    }

    private record Timed(long at, Moment moment) {
        static Timed of(long at, String kind, String priority, String what, String process, String detail) {
            return new Timed(at, new Moment(time(at), kind, priority, what, process, detail));
        }
    }

    private static List<Moment> timeline(
            Incident incident, List<Incident> revisions, List<Decision> decisions, List<ContainmentAudit> audit,
            List<AdmissionAudit> refusals) {
        List<Timed> moments = new ArrayList<>();
        for (Signal signal : incident.getSignals()) {
            moments.add(Timed.of(signal.getEventTime(), signal.getKind() == SignalKind.RULE ? "signal"
                    : signal.getKind().name().toLowerCase(Locale.ROOT), signal.getPriority().name(), signal.getRule(),
                    signal.getProcess() == null ? "" : command(signal.getProcess()), signal.getOutput()));
        }
        for (Incident told : revisions) {
            moments.add(Timed.of(told.getUpdatedTime() == 0 ? told.getDetectedTime() : told.getUpdatedTime(), "incident",
                    told.getPriority().name(), told.getState().name().toLowerCase(Locale.ROOT) + ", revision "
                            + told.getRevision() + ": " + told.getTitle(), "",
                    Texts.count(told.getSignals().size() + told.getSignalsOmitted(), "signal")));
        }
        for (Decision decision : decisions) {
            moments.add(Timed.of(decision.getIssuedTime(), "decision", "", actions(decision), "", decision.getReason()));
        }
        for (ContainmentAudit step : audit) {
            moments.add(Timed.of(step.getTime(), "containment", "", step.getEvent().name().toLowerCase(Locale.ROOT)
                    + " on node " + step.getNode(), "", "execs killed " + step.getExecsKilled() + ", connections refused "
                    + step.getConnectionsRefused() + (step.getDetail().isEmpty() ? "" : "; " + step.getDetail())));
        }
        for (AdmissionAudit refusal : refusals) {
            moments.add(Timed.of(refusal.getTime(), "admission", "", name(refusal.getVerdict()) + ' ' + refusal.getKind() + ' '
                    + refusal.getName(), "", String.join("; ", refusal.getReasons())));
        }
        return moments.stream().sorted(Comparator.comparingLong(Timed::at)).map(Timed::moment).toList();
    }

    private static Tactic tactic(AttackStep step) {
        return new Tactic(step.getTactic(), step.getTechniques(), step.getRules(), time(step.getFirstEventTime()));
    }

    private static List<Process> processes(List<InvolvedProcess> involved) {
        List<Process> processes = new ArrayList<>();
        List<Integer> roots = new ArrayList<>();
        for (int i = 0; i < involved.size(); i++) {
            // A parent stands before its children; whatever a record says else makes a root of it.
            if (involved.get(i).getParent() < 0 || involved.get(i).getParent() >= i) {
                roots.add(i);
            }
        }
        roots.forEach(root -> add(processes, involved, root, 0));
        return processes;
    }

    private static void add(List<Process> processes, List<InvolvedProcess> involved, int place, int depth) {
        ProcessRef process = involved.get(place).getProcess();
        processes.add(new Process(depth, process.getPid(), process.getName(), command(process), process.getUid(),
                involved.get(place).getRules()));
        for (int i = place + 1; i < involved.size(); i++) {
            if (involved.get(i).getParent() == place) {
                add(processes, involved, i, depth + 1);
            }
        }
    }

    private static boolean contains(Decision decision) {
        return decision.getState() == DecisionState.IN_FORCE && !decision.getReleased()
                && !decision.getActions().isEmpty();
    }

    private static String state(Decision decision) {
        return decision.getReleased() ? "released" : name(decision.getState());
    }

    private static String name(Enum<?> of) {
        return of.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static Containment containment(Decision decision) {
        return new Containment(decision.getId(), time(decision.getIssuedTime()),
                decision.getRequestedBy().isEmpty() ? decision.getIssuedBy() : decision.getRequestedBy(),
                name(decision.getVerdict()), state(decision),
                decision.getActions().stream().map(Story::name).toList(), decision.getReason(), time(decision.getExpiresTime()));
    }

    private static Risk risk(RiskScore score) {
        return new Risk(score.getScore(), score.getLevel().name(),
                score.getFactors().stream().map(Story::factor).toList());
    }

    private static String factor(RiskFactor factor) {
        return String.format(Locale.ROOT, "%+.0f %s: %s", factor.getPoints(), factor.getName(), factor.getReason());
    }

    private static String actions(Decision decision) {
        return String.join(", ", decision.getActions().stream().map(Story::name).toList()) + " (" + state(decision) + ")";
    }

    static String command(ProcessRef process) {
        String command = process.getArgs().isEmpty() ? process.getName() : String.join(" ", process.getArgs());
        return command.length() <= 300 ? command : command.substring(0, 300) + '…';
    }

    /** Milliseconds; empty for none. */
    static String time(long nanos) {
        return nanos == 0 ? "" : Instant.ofEpochSecond(0, nanos).truncatedTo(ChronoUnit.MILLIS).toString();
    }

    List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Block.Heading(1, title));
        blocks.add(new Block.Paragraph(description));
        blocks.add(new Block.Facts(List.of(new Block.Fact("incident", id),
                new Block.Fact("state", state.toLowerCase(Locale.ROOT) + ", revision " + revision + " of " + told),
                new Block.Fact("priority", priority), new Block.Fact("workload", workload), new Block.Fact("pod", pod),
                new Block.Fact("node", node), new Block.Fact("entity", entity),
                new Block.Fact("from", first), new Block.Fact("to", last),
                new Block.Fact("patterns", String.join(", ", patterns)),
                new Block.Fact("evidence", evidence()))));
        blocks.add(new Block.Heading(2, "What to do"));
        blocks.add(new Block.Items(whatToDo));
        blocks.add(new Block.Heading(2, "ATT&CK path"));
        blocks.add(new Block.Table(List.of("tactic", "techniques", "seen as", "first"), attackPath.stream()
                .map(step -> List.of(step.tactic().replace('_', ' '), String.join(", ", step.techniques()),
                        String.join("; ", step.rules()), step.first())).toList()));
        blocks.add(new Block.Heading(2, "Timeline"));
        blocks.add(new Block.Table(List.of("time", "kind", "priority", "what", "process", "detail"), timeline.stream()
                .map(moment -> List.of(moment.time(), moment.kind(), moment.priority(), moment.what(), moment.process(),
                        moment.detail())).toList()));
        blocks.add(new Block.Heading(2, "Processes"));
        blocks.add(new Block.Tree(processes.stream().map(process -> new Block.Branch(process.depth(),
                process.pid() + " " + process.command() + " (uid " + process.uid() + ")",
                String.join("; ", process.rules()))).toList()));
        blocks.add(new Block.Heading(2, "Decisions"));
        blocks.add(decisions.isEmpty() ? new Block.Paragraph("Nothing was decided about it that the topic still has.")
                : new Block.Table(List.of("time", "by", "state", "actions", "reason", "until"), decisions.stream()
                        .map(one -> List.of(one.time(), one.by(), one.state(), String.join(", ", one.actions()), one.reason(),
                                one.expires())).toList()));
        if (risk != null) {
            blocks.add(new Block.Heading(2, "Risk of the workload now"));
            blocks.add(new Block.Paragraph(String.format(Locale.ROOT, "%.0f, %s", risk.score(), risk.level())));
            blocks.add(new Block.Items(risk.factors()));
        }
        return blocks;
    }

    private String evidence() {
        String omitted = signalsOmitted == 0 ? "" : "; " + Texts.count(signalsOmitted, "further signal") + " counted only";
        return (complete ? "complete: no event is known to be missing"
                : "incomplete: " + Texts.count(lostEvents, "event") + " lost on the node, "
                        + Texts.count(missingBatches, "batch") + " of the pod missing") + omitted;
    }
}
