package io.kubeguardian.cli.contain;

import io.kubeguardian.cli.Ansi;
import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.cli.contain.ContainmentReport.Action;
import io.kubeguardian.cli.contain.ContainmentTopics.Answer;
import io.kubeguardian.cli.stack.KafkaOption;
import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.ContainmentExceptions;
import io.kubeguardian.schema.ContainmentState;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.DecisionCheck;
import io.kubeguardian.schema.ExceptedDestination;
import io.kubeguardian.schema.MalformedRecordException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code kubeguardian contain}: contains by hand, takes it back, lists what is contained. */
@Command(
        name = "contain",
        mixinStandardHelpOptions = true,
        description = {
            "Contains a container or a pod for a time, takes that back (--release), or lists what is contained (--list).",
            "A person's containment stands beside what the detection job decides; see docs/containment.md."
        },
        footer = {
            "",
            "Exit codes: 0 fine, 1 refused, or in force only in part (with --wait), 2 wrong use."
        })
public final class ContainCommand implements Callable<Integer> {
    /** How a result is printed. */
    public enum Format { table, json }

    /** A collector tells of itself at least this often, unless it was told otherwise. */
    private static final Duration LATELY = Duration.ofMinutes(5);
    private static final int REFUSED = 1;

    static final class ActionName implements ITypeConverter<ContainmentAction> {
        @Override
        public ContainmentAction convert(String text) {
            for (ContainmentAction action : ContainmentAction.values()) {
                if (action != ContainmentAction.NONE && ContainmentReport.name(action).equals(text.toLowerCase(Locale.ROOT))) {
                    return action;
                }
            }
            throw new TypeConversionException("'" + text
                    + "' is no action; expected kill-exec, deny-exec, deny-open, deny-network or freeze");
        }
    }

    static final class Time implements ITypeConverter<Duration> {
        private static final Pattern TIME = Pattern.compile("(?:(\\d{1,6})d)?(?:(\\d{1,6})h)?(?:(\\d{1,6})m)?(?:(\\d{1,6})s)?");

        @Override
        public Duration convert(String text) {
            Matcher parts = TIME.matcher(text);
            if (text.isEmpty() || !parts.matches()) {
                throw new TypeConversionException("'" + text + "' is no time such as 30m, 2h or 1d12h");
            }
            long[] seconds = {86_400, 3600, 60, 1};
            long sum = 0;
            for (int i = 0; i < seconds.length; i++) {
                sum += parts.group(i + 1) == null ? 0 : Long.parseLong(parts.group(i + 1)) * seconds[i];
            }
            return Duration.ofSeconds(sum);
        }
    }

    static final class Destination implements ITypeConverter<ExceptedDestination> {
        @Override
        public ExceptedDestination convert(String text) {
            try {
                return ContainmentExceptions.destination(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    @Parameters(paramLabel = "CONTAINER_ID", arity = "0..1",
            description = "64 hexadecimal digits, or the first of them where the pods are known")
    private String containerId;

    @Option(names = "--pod", paramLabel = "NAMESPACE/NAME", description = "every container of this pod")
    private String pod;

    @Option(names = "--pod-uid", paramLabel = "UID", description = "every container of this pod")
    private String podUid;

    @Option(names = "--action", paramLabel = "A[,A...]", split = ",", converter = ActionName.class,
            description = "kill-exec, deny-exec, deny-open, deny-network, freeze")
    private List<ContainmentAction> actions = new ArrayList<>();

    @Option(names = "--for", paramLabel = "TIME", converter = Time.class, description = "how long: 30m, 2h, 1d12h")
    private Duration time;

    @Option(names = "--reason", paramLabel = "TEXT", description = "why; it stands in the audit")
    private String reason;

    @Option(names = "--except-path", paramLabel = "PATH",
            description = "may still be executed and opened: /a/file, or /a/folder/* with all below it (repeatable)")
    private List<String> exceptPaths = new ArrayList<>();

    @Option(names = "--except-destination", paramLabel = "CIDR[:PORT][/tcp|udp]", converter = Destination.class,
            description = "may still be connected to, sent to and heard from (repeatable)")
    private List<ExceptedDestination> exceptDestinations = new ArrayList<>();

    @Option(names = "--release", description = "take back what is in force, whoever decided it")
    private boolean release;

    @Option(names = "--list", description = "list what is contained")
    private boolean list;

    @Option(names = "--wait", description = "wait until a collector says that it is in force, or why not")
    private boolean wait;

    @Option(names = "--timeout", paramLabel = "TIME", converter = Time.class, defaultValue = "30s",
            description = "how long to wait at most (default: ${DEFAULT-VALUE})")
    private Duration timeout;

    @Option(names = {"--bootstrap", "--bootstrap-servers"}, paramLabel = "HOST:PORT",
            description = "Kafka; default: the configuration's, which is localhost:9092 without one")
    private String bootstrap;

    @Option(names = "--config", paramLabel = "FILE",
            description = "the configuration (YAML), for Kafka and the cluster's name; see docs/configuration.md")
    private Path config;

    @Option(names = "--requested-by", paramLabel = "NAME", description = "who asks; default: USER@HOST of this machine")
    private String requestedBy;

    @Option(names = "--format", paramLabel = "F", defaultValue = "table", description = "${COMPLETION-CANDIDATES}")
    private Format format;

    private final Ansi ansi = Ansi.detect();

    @Override
    public Integer call() throws Exception {
        checkUse();
        KubeGuardianConfig settings = ConfigReader.read(config, System.getenv());
        String servers = bootstrap == null ? settings.kafka().bootstrapServers() : bootstrap;
        Map<String, Object> client = new HashMap<>(settings.kafka().properties());
        client.put("bootstrap.servers", servers);
        try {
            ContainmentTopics topics = new ContainmentTopics(client);
            return KafkaOption.using(client, () -> Interrupted.onSignal(() -> {
                if (list) {
                    return list(topics);
                }
                Target target = target(topics.pods(), settings.collector().cluster());
                return release ? release(topics, target) : contain(topics, target);
            }));
        } catch (Interrupted e) {
            return Interrupted.EXIT_CODE;
        }
    }

    private void checkUse() {
        int targets = (containerId == null ? 0 : 1) + (pod == null ? 0 : 1) + (podUid == null ? 0 : 1);
        if (list ? targets + (release ? 1 : 0) + actions.size() > 0 : targets != 1) {
            throw new UserError(list ? "--list lists everything: give nothing else with it"
                    : "give one of CONTAINER_ID, --pod and --pod-uid");
        }
        boolean decides = !list && !release;
        if (decides && (actions.isEmpty() || time == null || reason == null || reason.isBlank())) {
            throw new UserError("--action, --for and --reason are needed: what, how long, and why");
        }
        if (!decides && (!actions.isEmpty() || time != null || !exceptPaths.isEmpty() || !exceptDestinations.isEmpty())) {
            throw new UserError("--action, --for and exceptions do not go with " + (list ? "--list" : "--release"));
        }
    }

    private Target target(Pods pods, String cluster) {
        return pod != null ? pods.byName(pod) : podUid != null ? pods.byUid(podUid, cluster)
                : pods.byContainer(containerId, cluster);
    }

    private int contain(ContainmentTopics topics, Target target) {
        long now = System.currentTimeMillis() * 1_000_000;
        Decision decision = Decision.newBuilder().setId("operator-" + UUID.randomUUID()).setCluster(target.cluster())
                .setNode(target.node()).setPodUid(target.podUid()).setContainerId(target.containerId())
                .setWorkload(target.workload()).setActions(actions.stream().distinct().toList()).setReason(reason)
                .setIssuedBy("cli").setRequestedBy(who()).setIssuedTime(now).setExpiresTime(now + time.toNanos())
                .setExceptPaths(exceptPaths).setExceptDestinations(exceptDestinations).build();
        return publish(topics, target, decision, ContainmentState.ACTIVE);
    }

    private int release(ContainmentTopics topics, Target target) {
        List<Decision> inForce = topics.decisions().stream()
                .filter(d -> d.getCluster().equals(target.cluster()) && isAbout(d, target)).toList();
        if (inForce.isEmpty()) {
            throw new UserError("nothing is decided about " + target.name());
        }
        int code = 0;
        for (Decision decision : inForce) {
            // The person who releases is named; the key stays that of the decision, whoever made it.
            boolean persons = !decision.getRequestedBy().isEmpty();
            Decision taken = Decision.newBuilder(decision).setReleased(true).setIssuedBy(persons ? "cli" : "cli: " + who())
                    .setRequestedBy(persons ? who() : "").setReason(reason == null ? "released" : reason).build();
            code = Math.max(code, publish(topics, target, taken, ContainmentState.RELEASED));
        }
        return code;
    }

    /** The container alone is enough: the pod may not have been known when it was decided, or now. */
    private static boolean isAbout(Decision decision, Target target) {
        return target.containerId().isEmpty()
                ? decision.getContainerId().isEmpty() && decision.getPodUid().equals(target.podUid())
                : decision.getContainerId().equals(target.containerId());
    }

    private int publish(ContainmentTopics topics, Target target, Decision decision, ContainmentState wanted) {
        try {
            DecisionCheck.check(decision);
        } catch (MalformedRecordException e) {
            throw new UserError(e.getMessage(), e);
        }
        if (!wait) {
            topics.publish(decision);
            System.err.println("kubeguardian: decided: " + target.name() + "; whether it is in force, --list says");
            return 0;
        }
        try (ContainmentTopics.Answers answers = topics.new Answers(Duration.ZERO)) {
            topics.publish(decision);
            Answer answer = answers.await(decision.getId(), status -> status.getState() == wanted
                    || status.getState() == ContainmentState.REFUSED && wanted == ContainmentState.ACTIVE
                    || status.getState() == ContainmentState.EXPIRED, timeout);
            if (answer == null) {
                System.err.println("kubeguardian: decided, but no collector has answered in " + timeout.toSeconds()
                        + " s; whether it is in force, --list says");
                return REFUSED;
            }
            ContainmentReport report = ContainmentReport.of(decision, answer, target.name());
            if (format == Format.json) {
                System.out.println(Texts.json(report));
            } else {
                print(report, target);
            }
            return wanted == ContainmentState.RELEASED || report.isWhole() ? 0 : REFUSED;
        }
    }

    private void print(ContainmentReport report, Target target) {
        System.out.println(Texts.line(target.name()) + " on " + Texts.line(report.node()) + ": " + report.state()
                + (report.detail().isEmpty() ? "" : ", " + Texts.line(report.detail())));
        if (report.state().equals("released")) {
            return;
        }
        for (Action action : report.actions()) {
            System.out.printf("  %s %s%n", String.format("%-13s", action.action()), action.hooks().isEmpty()
                    ? ansi.red("refused: " + Texts.line(action.problem()))
                    : ansi.green("in force") + " by " + Texts.line(action.hooks())
                            + (action.problem().isEmpty() ? "" : " (" + Texts.line(action.problem()) + ')'));
        }
    }

    private int list(ContainmentTopics topics) {
        Pods pods = topics.pods();
        List<ContainmentReport> reports;
        try (ContainmentTopics.Answers answers = topics.new Answers(LATELY)) {
            reports = topics.decisions().stream().map(d -> ContainmentReport.of(d, answers.of(d.getId()),
                    pods.nameOf(d.getPodUid(), d.getContainerId()).orElse(""))).toList();
        }
        if (format == Format.json) {
            System.out.println(Texts.json(reports));
            return 0;
        }
        System.out.printf("%-12s  %-32s  %-16s  %-8s  %-40s  %-20s  %-16s  %s%n", "CONTAINER", "POD", "NODE", "STATE",
                "IN FORCE", "UNTIL", "BY", "REASON");
        for (ContainmentReport report : reports) {
            String inForce = String.join(",", report.actions().stream().filter(a -> !a.hooks().isEmpty())
                    .map(Action::action).toList());
            System.out.printf("%-12s  %-32s  %-16s  %-8s  %-40s  %-20s  %-16s  %s%n",
                    report.container().isEmpty() ? "all" : Texts.line(report.container()).substring(0, 12),
                    Texts.line(report.pod().isEmpty() ? report.podUid() : report.pod()), Texts.line(report.node()),
                    report.state(), inForce.isEmpty() ? "-" : inForce, report.expires().substring(0, 19) + 'Z',
                    Texts.line(report.by()), Texts.line(report.reason()));
            report.actions().stream().filter(action -> action.hooks().isEmpty()).forEach(action ->
                    System.out.println("    " + action.action() + ": " + Texts.line(action.problem())));
        }
        return 0;
    }

    private String who() {
        if (requestedBy != null && !requestedBy.isBlank()) {
            return requestedBy;
        }
        try {
            return System.getProperty("user.name") + '@' + InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return System.getProperty("user.name");
        }
    }
}
