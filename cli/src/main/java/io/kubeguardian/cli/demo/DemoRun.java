package io.kubeguardian.cli.demo;

import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.demo.Timeline.Arrived;
import io.kubeguardian.cli.stack.Stack;
import io.kubeguardian.schema.ContainmentState;
import io.kubeguardian.schema.ContainmentStatus;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.ProfileItem;
import io.kubeguardian.schema.ProfilePhase;
import io.kubeguardian.schema.RiskFactor;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/** The story from the first normal request to the refused pod, each step checked as it happens. */
final class DemoRun {
    /** The rules that the attack breaks, in its order. */
    static final List<String> EXPECTED_RULES = List.of(
            "Shell spawned by a server process",
            "Service account token read by an unexpected program",
            "Program run from a temporary or writable place");

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Stack stack;
    private final Scene scene;
    private final Screen screen;
    private final Timeline timeline;
    private final AdmissionClient admission;
    private final DemoResult result;
    private long attackAt;

    DemoRun(Stack stack, Scene scene, Screen screen, Timeline timeline, AdmissionClient admission, DemoResult result) {
        this.stack = stack;
        this.scene = scene;
        this.screen = screen;
        this.timeline = timeline;
        this.admission = admission;
        this.result = result;
    }

    /** Tells the story; stops early where going on makes no sense, with the failed check in the result. */
    void run() {
        normal();
        attack();
        if (!correlated()) {
            return;
        }
        contained();
        figures();
    }

    /** When the attack began: nanoseconds since the Unix epoch. */
    long attackAt() {
        return attackAt;
    }

    private void normal() {
        screen.title("1  The service behaves normally; its baseline is learnt");
        scene.begin(stack);
        scene.behaveNormally();
        learned();
        List<String> alerts = timeline.signals().stream().map(s -> s.record().getRule()).toList();
        check("normal: no alert", alerts.isEmpty(), alerts.isEmpty()
                ? timeline.events() + " kernel events, no alert" : "alerts while nothing happened: " + alerts);
        AdmissionClient.Answer answer = admission.ask(scene.workload().nextPodReview());
        check("normal: next pod admitted", answer.allowed(), answer.allowed()
                ? "AdmissionReview of the workload's next pod: allowed" : "denied: " + answer.message());
    }

    private void learned() {
        Optional<Profile> ready = timeline.await(PATIENCE, () -> timeline.profiles().stream().map(Arrived::record)
                .filter(profile -> profile.getPhase() == ProfilePhase.READY).findFirst());
        check("normal: baseline ready", ready.isPresent(), ready.map(DemoRun::words)
                .orElse("the baseline did not become ready"));
    }

    private static String words(Profile profile) {
        Map<String, Long> kinds = profile.getItems().stream().collect(
                Collectors.groupingBy(ProfileItem::getKind, TreeMap::new, Collectors.counting()));
        String known = kinds.entrySet().stream().map(kind -> kind.getValue() + " " + kind.getKey())
                .collect(Collectors.joining(", "));
        return String.format(Locale.ROOT, "baseline ready after %.0f s: old enough, and nothing new for a while; it knows %s",
                (profile.getReadySince() - profile.getFirstEvent()) / 1e9, known);
    }

    private void attack() {
        screen.title("2  The service is attacked");
        attackAt = Timeline.nanosNow();
        scene.attack(screen);
        for (String rule : EXPECTED_RULES) {
            Optional<Arrived<Signal>> hit = timeline.await(PATIENCE, () -> signal(SignalKind.RULE, rule));
            checkQuietly("signal: " + rule, hit.isPresent(), hit.isPresent() ? "" : "no such signal arrived");
            hit.ifPresent(s -> result.time("event_to_signal: " + rule, s.millisAfter(s.record().getEventTime())));
        }
        Optional<Arrived<Signal>> drift = timeline.await(PATIENCE, () -> signal(SignalKind.DRIFT, "drift.connect"));
        checkQuietly("signal: drift.connect", drift.isPresent(),
                drift.isPresent() ? "" : "the connection outside the baseline was not reported");
        drift.ifPresent(s -> result.time("event_to_signal: drift.connect", s.millisAfter(s.record().getEventTime())));
    }

    private Optional<Arrived<Signal>> signal(SignalKind kind, String rule) {
        return timeline.signals().stream()
                .filter(s -> s.record().getKind() == kind && s.record().getRule().equals(rule))
                .findFirst();
    }

    private boolean correlated() {
        Optional<Arrived<Incident>> incident =
                timeline.await(PATIENCE, () -> timeline.incidents().stream().findFirst());
        checkQuietly("incident", incident.isPresent(), incident.isPresent()
                ? incident.get().record().getTitle() : "the signals were not correlated into an incident");
        incident.ifPresent(i -> {
            result.time("event_to_incident", i.millisAfter(i.record().getLastEventTime()));
            result.incident(Map.of("id", i.record().getId(), "title", i.record().getTitle(), "priority",
                    i.record().getPriority(), "techniques", i.record().getTechniques(), "signals",
                    i.record().getSignals().stream().map(Signal::getRule).toList()));
        });
        return incident.isPresent();
    }

    /** Containment and admission are two answers to the same incident: both are awaited from its arrival on. */
    private void contained() {
        long incidentEvent = timeline.incidents().getFirst().record().getLastEventTime();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture<Denied> denied = CompletableFuture.supplyAsync(this::awaitDenied, executor);
            if (scene instanceof LiveScene live) {
                containedInKernel(live, incidentEvent);
            } else {
                String reason = "a replayed capture has no kernel to act on";
                screen.title("3  Containment");
                screen.note("not possible: " + reason);
                result.notPossible("contained", reason);
                result.notPossible("contained: next exec killed", reason);
                result.notPossible("contained: next connection refused", reason);
            }
            risk();
            refusedAtAdmission(denied.join(), incidentEvent);
        }
    }

    private void containedInKernel(LiveScene live, long incidentEvent) {
        Optional<ContainmentStatus> status = timeline.await(PATIENCE, () -> timeline.containments().stream()
                .filter(c -> c.getState() == ContainmentState.ACTIVE).findFirst());
        screen.title("3  The kernel contains it");
        if (status.isEmpty()) {
            List<String> refused = timeline.containments().stream().map(ContainmentStatus::getDetail).toList();
            check("contained", false, "no containment became active " + refused);
            return;
        }
        double millis = (status.get().getSince() - incidentEvent) / 1e6;
        screen.containment(status.get(), millis);
        result.check("contained", true, status.get().getEffective().toString());
        result.time("event_to_contained", millis);

        screen.step("attacker: GET /report?name=x;id   once more");
        Container.Response again = live.attackAgain();
        Optional<Integer> kills =
                timeline.await(PATIENCE, () -> Optional.of(timeline.execsKilled()).filter(killed -> killed > 0));
        check("contained: next exec killed", again.body().contains("killed by signal 9") && kills.isPresent(),
                "the service says: " + again.body() + "; the kernel reports " + timeline.execsKilled()
                        + " exec killed");
        screen.step("client: GET /orders   the service needs its database");
        Container.Response order = live.order();
        Set<String> both = Set.of("127.0.0.1:" + Container.DATABASE_PORT, "127.0.0.1:" + Container.HOME_PORT);
        Optional<Set<String>> refused = timeline.await(PATIENCE,
                () -> Optional.of(timeline.refusedDestinations()).filter(seen -> seen.containsAll(both)));
        check("contained: next connection refused",
                order.body().contains("Operation not permitted") && refused.isPresent(),
                "the service says: " + order.body() + "; the kernel reports refused connections to "
                        + String.join(" and ", new TreeSet<>(timeline.refusedDestinations())));
    }

    private void risk() {
        String key = Keys.workload(scene.workload().ref());
        List<Arrived<RiskScore>> scores = timeline.risks().stream()
                .filter(r -> Keys.workload(r.record().getWorkload()).equals(key)).toList();
        double highest = scores.stream().mapToDouble(r -> r.record().getScore()).max().orElse(0);
        checkQuietly("risk risen", highest >= 70 && scores.size() > 1,
                String.format(java.util.Locale.ROOT, "%.0f in %d updates", highest, scores.size()));
        scores.stream().filter(r -> r.record().getScore() == highest).findFirst()
                .ifPresent(r -> result.risk(Map.of("workload", key, "score", highest,
                        "level", r.record().getLevel(), "factors",
                        r.record().getFactors().stream().map(DemoRun::factor).toList())));
    }

    private static Map<String, Object> factor(RiskFactor factor) {
        return Map.of("name", factor.getName(), "points", factor.getPoints(), "reason", factor.getReason());
    }

    private record Denied(AdmissionClient.Answer answer, long at) {}

    private Denied awaitDenied() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            AdmissionClient.Answer answer = admission.ask(scene.workload().nextPodReview());
            long at = Timeline.nanosNow();
            if (!answer.allowed() || System.nanoTime() > end) {
                return new Denied(answer, at);
            }
            Interrupted.sleep(Duration.ofMillis(10));
        }
    }

    private void refusedAtAdmission(Denied denied, long incidentEvent) {
        screen.title("4  The workload's next pod is refused");
        boolean refused = !denied.answer().allowed();
        check("next pod denied", refused, refused
                ? "AdmissionReview of the workload's next pod: denied" : "the next pod is still admitted");
        if (refused) {
            result.time("event_to_denied", (denied.at() - incidentEvent) / 1e6);
            result.denial(denied.answer().message());
            screen.paragraph(denied.answer().message());
        }
    }

    private void figures() {
        timeline.signals().forEach(s -> {
            Map<String, Object> signal = new LinkedHashMap<>();
            signal.put("id", s.record().getId());
            signal.put("rule", s.record().getRule());
            signal.put("priority", s.record().getPriority());
            signal.put("techniques", s.record().getTechniques());
            signal.put("output", s.record().getOutput());
            signal.put("after_ms", s.millisAfter(s.record().getEventTime()));
            result.signal(signal);
        });
        result.figure("events", timeline.events());
        result.figure("bytes_per_event",
                Math.round(10.0 * timeline.eventBytes() / Math.max(1, timeline.events())) / 10.0);
        result.figure("alerts", timeline.alertIds().size());
        if (scene instanceof LiveScene) {
            result.figure("collector_rss_mb", stack.collectorResidentBytes() >> 20);
            long lost = timeline.health().map(h -> h.getLosses().stream().mapToLong(l -> l.getCount()).sum()).orElse(-1L);
            result.figure("events_lost", lost);
            check("no event lost", lost == 0, lost < 0 ? "the collector sent no health record" : lost + " lost");
        }
        result.figure("webhook_rss_mb", stack.webhookResidentBytes() >> 20);
        checkQuietly("every record understood", timeline.problems().isEmpty(), String.join("; ", timeline.problems()));
        Set<String> concluded = new TreeSet<>();
        timeline.signals().forEach(signal -> concluded.add(signal.record().getId()));
        timeline.incidents().forEach(incident -> concluded.add(incident.record().getId()));
        boolean alerted = timeline.await(PATIENCE, () -> Optional.of(timeline.alertIds())
                .filter(ids -> ids.containsAll(concluded))).isPresent();
        checkQuietly("every signal and incident is an alert", alerted,
                timeline.alertIds().size() + " on kubeguardian.alerts, " + concluded.size() + " concluded");
        checkQuietly("every part still runs", stack.stoppedPart() == null, "stopped: " + stack.stoppedPart());
    }

    private void check(String name, boolean passed, String detail) {
        result.check(name, passed, detail);
        if (passed) {
            screen.good(detail);
        } else {
            screen.bad(name + ": " + detail);
        }
    }

    /** As {@link #check}, for what the screen shows already when it is well. */
    private void checkQuietly(String name, boolean passed, String detail) {
        result.check(name, passed, detail);
        if (!passed) {
            screen.bad(name + ": " + detail);
        }
    }
}
