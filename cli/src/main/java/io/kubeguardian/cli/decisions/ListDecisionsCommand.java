package io.kubeguardian.cli.decisions;

import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.stack.KafkaOption;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.Keys;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kubeguardian decisions list}. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "Lists the decisions that wait for a person; exits 1 when there are some, 0 with --all.")
final class ListDecisionsCommand implements Callable<Integer> {
    /** How a result is printed. */
    enum Format { table, json }

    @Mixin
    private KafkaOption kafka;

    @Option(names = "--all", description = "every step of every decision, also dry runs, with who and why")
    private boolean all;

    @Option(names = "--format", defaultValue = "table", paramLabel = "FORMAT",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private Format format;

    @Override
    public Integer call() throws Exception {
        Map<String, Object> client = kafka.client();
        DecisionLog log = Interrupted.onSignal(() -> KafkaOption.using(client, () -> DecisionLog.read(client)));
        List<Decision> shown = all ? log.steps() : log.waiting();
        if (format == Format.json) {
            System.out.println(Texts.json(shown.stream().map(ListDecisionsCommand::json).toList()));
        } else {
            System.out.printf("%-20s %-32s %-10s %-9s %5s %s%n", "TIME", "ID", "VERDICT", "STATE", "RISK", "WORKLOAD");
            for (Decision one : shown) {
                System.out.printf("%-20s %-32s %-10s %-9s %5.0f %s%n", time(one.getIssuedTime()), Texts.line(one.getId()),
                        one.getVerdict(), one.getState(), one.getScore(), Texts.line(Keys.workload(one.getWorkload())));
                System.out.println("    " + Texts.line(one.getReason())
                        + (one.getNote().isEmpty() ? "" : " - " + Texts.line(one.getNote())));
            }
        }
        return all || shown.isEmpty() ? 0 : 1;
    }

    private static String time(long nanos) {
        return Instant.ofEpochSecond(nanos / 1_000_000_000L).toString();
    }

    private static Map<String, Object> json(Decision decision) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", decision.getId());
        fields.put("time", time(decision.getIssuedTime()));
        fields.put("verdict", decision.getVerdict());
        fields.put("state", decision.getState());
        fields.put("workload", Keys.workload(decision.getWorkload()));
        fields.put("podUid", decision.getPodUid());
        fields.put("containerId", decision.getContainerId());
        fields.put("actions", decision.getActions());
        fields.put("risk", decision.getScore());
        fields.put("policy", decision.getPolicy());
        fields.put("reason", decision.getReason());
        fields.put("evidence", decision.getEvidenceId());
        fields.put("note", decision.getNote());
        fields.put("expires", time(decision.getExpiresTime()));
        fields.put("tookMicros", decision.getTook() / 1_000);
        return fields;
    }
}
