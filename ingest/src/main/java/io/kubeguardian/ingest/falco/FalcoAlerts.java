package io.kubeguardian.ingest.falco;

import io.kubeguardian.ingest.MalformedLineException;
import io.kubeguardian.ingest.Pods;
import io.kubeguardian.ingest.json.Bounds;
import io.kubeguardian.ingest.json.Fields;
import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.Ids;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Falco's JSON alerts ({@code json_output: true}) as signals. Format: "Outputs" in Falco's documentation: time, rule,
 * priority, output, source, tags, hostname, output_fields; each but the first three can be switched off. Not thread safe.
 */
public final class FalcoAlerts {
    /** {@link Signal#getOrigin} of what comes from here. */
    public static final String ORIGIN = "falco";
    /** Of Falco's own reports: that it lost events, and its metrics. */
    private static final String INTERNAL = "internal";
    private static final String DROPS = "n_drops";

    private static final Pattern TECHNIQUE = Pattern.compile("(?i)T\\d{4}(\\.\\d{3})?");
    /** What Falco's text formatter writes before a rule's output: time and priority. */
    private static final Pattern PREFIX =
            Pattern.compile("^(\\d{4}-\\d\\d-\\d\\dT)?\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?([+-]\\d{4}|Z)?: [A-Z][a-z]+ ");

    private static final int LONGEST_RULE = 512;
    private static final int LONGEST_TAG = 256;
    private static final int MOST_TAGS = 64;
    /** As the job's own signals: a story of four must stay below Kafka's usual 1 MB. */
    private static final int LONGEST_OUTPUT = 4096;
    private static final int LONGEST_FIELD = 2048;
    private static final int MOST_FIELDS = 128;

    private final String cluster;
    private final String ownNode;
    private final Pods pods;
    private final LongSupplier clock;

    /**
     * @param ownNode for alerts that name no host
     * @param clock nanoseconds since the Unix epoch
     */
    public FalcoAlerts(String cluster, String ownNode, Pods pods, LongSupplier clock) {
        this.cluster = cluster;
        this.ownNode = ownNode;
        this.pods = pods;
        this.clock = clock;
    }

    /**
     * Takes one line.
     *
     * @return null when it says nothing to keep: Falco's metrics
     */
    public Signal take(Fields line) throws MalformedLineException {
        String rule = Bounds.cut(line.text("rule"), LONGEST_RULE);
        if (rule.isEmpty()) {
            throw new MalformedLineException("rule is missing: not an alert of Falco");
        }
        Priority priority = priority(line.text("priority"));
        long time = line.time("time");
        if (time == 0) {
            throw new MalformedLineException("time is missing");
        }
        String output = line.text("output");
        String message = line.text("message"); // the same without time and priority, where it is switched on
        String source = line.text("source");
        String hostname = line.text("hostname");
        List<String> tags = tags(line.texts("tags"));
        Map<String, String> fields = line.map("output_fields");
        if (source.equals(INTERNAL) && !fields.containsKey(DROPS)) {
            return null;
        }
        String node = hostname.isEmpty() ? ownNode : Bounds.cut(hostname, LONGEST_TAG);
        FalcoSubject subject = FalcoSubject.of(fields, cluster, node, pods);

        Signal signal = new Signal();
        // Without the uuid: falcosidekick gives one of its own where Falco gave none.
        signal.setId(Ids.of(ORIGIN, hostname, source, rule, time, output.isEmpty() ? message : output));
        signal.setKind(source.equals(INTERNAL) ? SignalKind.GAP : SignalKind.RULE);
        signal.setRule(source.equals(INTERNAL) ? "gap.falco" : rule);
        signal.setPriority(priority);
        signal.setTags(tags);
        signal.setTechniques(techniques(tags));
        signal.setEventTime(time);
        signal.setDetectedTime(clock.getAsLong());
        signal.setWorkload(subject.workload());
        signal.setPod(subject.pod());
        signal.setContainerId(subject.containerId());
        signal.setImage(subject.image());
        signal.setProcess(subject.process());
        signal.setAncestors(subject.ancestors());
        String sentence = message.isEmpty() ? PREFIX.matcher(output).replaceFirst("") : message;
        signal.setOutput(Bounds.cut(sentence.isEmpty() ? rule : sentence, LONGEST_OUTPUT));
        signal.setOutputFields(Bounds.cut(fields, MOST_FIELDS, LONGEST_FIELD));
        signal.setCompleteness(new Completeness(!source.equals(INTERNAL), 0L, 0L));
        signal.setOrigin(ORIGIN);
        if (!source.isEmpty()) {
            line.put("source", source);
        }
        signal.setUnmapped(Bounds.unmapped(line.rest()));
        signal.setContributions(new ArrayList<>());
        return signal;
    }

    private static Priority priority(String name) throws MalformedLineException {
        String upper = name.toUpperCase(Locale.ROOT);
        for (Priority priority : Priority.values()) {
            if (priority.name().equals(upper)) {
                return priority;
            }
        }
        if (upper.equals("INFO")) {
            return Priority.INFORMATIONAL;
        }
        throw new MalformedLineException(name.isEmpty() ? "priority is missing" : "priority is none of Falco's");
    }

    private static List<String> tags(List<String> all) {
        List<String> tags = new ArrayList<>();
        for (String tag : all) {
            if (tags.size() < MOST_TAGS) {
                tags.add(Bounds.cut(tag, LONGEST_TAG));
            }
        }
        return tags;
    }

    private static List<String> techniques(List<String> tags) {
        List<String> techniques = new ArrayList<>();
        for (String tag : tags) {
            Matcher technique = TECHNIQUE.matcher(tag);
            if (technique.matches()) {
                techniques.add(tag.toUpperCase(Locale.ROOT));
            }
        }
        return techniques;
    }
}
