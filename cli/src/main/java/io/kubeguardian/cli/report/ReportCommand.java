package io.kubeguardian.cli.report;

import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.cli.replay.ReplayCommand;
import io.kubeguardian.cli.stack.KafkaOption;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kubeguardian report}: the story of an incident, or what happened in a time. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description = {
            "Tells the story of an incident: its timeline, process tree, ATT&CK path, how complete the evidence is, what"
                + " was decided and done, and what to do; or sums up a time: incidents, rules, workloads by risk.",
            "It is written to standard output."
        })
public final class ReportCommand implements Callable<Integer> {
    /** How it is written. */
    public enum Format { markdown, html, json }

    @Option(names = "--incident", paramLabel = "ID", description = "this incident; how its id begins is enough")
    private String incident;

    @Option(names = "--from", paramLabel = "TIME",
            description = "instead: all from this time on, such as 2026-11-27T07:00:00Z, or how long ago, such as 2h")
    private String from;

    @Option(names = "--to", paramLabel = "TIME", description = "until this time (default: now)")
    private String to;

    @Option(names = "--format", paramLabel = "F", defaultValue = "markdown",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}); html is one file without any other")
    private Format format;

    @Mixin
    private KafkaOption kafka;

    @Override
    public Integer call() throws Exception {
        if ((incident == null) == (from == null) || to != null && from == null) {
            throw new UserError("report needs --incident ID, or --from TIME and perhaps --to TIME; see report --help");
        }
        Instant now = Instant.now();
        Instant start = from == null ? null : ReplayCommand.time("--from", from, now);
        Instant end = to == null ? now : ReplayCommand.time("--to", to, now);
        if (start != null && !start.isBefore(end)) {
            throw new UserError("--from " + from + " is not before --to " + (to == null ? "now" : to));
        }
        Map<String, Object> client = kafka.client();
        System.out.print(Interrupted.onSignal(() -> KafkaOption.using(client, () -> {
            ReportTopics topics = new ReportTopics(client);
            return incident == null ? write(Summary.of(start, end, topics)) : write(Story.of(incident, topics));
        })));
        return 0;
    }

    private String write(Story story) {
        return switch (format) {
            case markdown -> MarkdownWriter.write(story.blocks());
            case html -> HtmlWriter.write(story.title(), story.blocks());
            case json -> Texts.json(story) + '\n';
        };
    }

    private String write(Summary summary) {
        return switch (format) {
            case markdown -> MarkdownWriter.write(summary.blocks());
            case html -> HtmlWriter.write("Security report", summary.blocks());
            case json -> Texts.json(summary) + '\n';
        };
    }
}
