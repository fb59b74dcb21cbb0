package io.kubeguardian.cli.decisions;

import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.cli.stack.DecodedRecords;
import io.kubeguardian.cli.stack.TopicContents;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.DecisionState;
import io.kubeguardian.schema.Topics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The decision log as it stands. */
final class DecisionLog {
    private static final AvroCodec<Decision> CODEC = AvroCodec.of(Decision.class);

    private final List<Decision> steps = new ArrayList<>();
    private final Map<String, Decision> last = new LinkedHashMap<>();

    private DecisionLog() {}

    /** Reads the topic; what cannot be read is told on standard error and left out. */
    static DecisionLog read(Map<String, Object> client) {
        DecisionLog log = new DecisionLog();
        for (ConsumerRecord<byte[], byte[]> record : TopicContents.of(client, Topics.DECISION_LOG)) {
            DecodedRecords.value(CODEC, record).ifPresent(step -> {
                log.steps.add(step);
                log.last.put(step.getId(), step);
            });
        }
        return log;
    }

    /** Every step, as it came. */
    List<Decision> steps() {
        return steps;
    }

    /** What waits for a person. */
    List<Decision> waiting() {
        return last.values().stream().filter(DecisionLog::waits).toList();
    }

    private static boolean waits(Decision decision) {
        return decision.getState() == DecisionState.PENDING || decision.getState() == DecisionState.HELD;
    }

    /** One that waits, by its id or how that begins. @throws UserError when it is not exactly one */
    Decision waiting(String id) {
        List<Decision> found = last.values().stream().filter(decision -> decision.getId().startsWith(id)).toList();
        List<Decision> open = found.stream().filter(DecisionLog::waits).toList();
        if (open.size() == 1) {
            return open.getFirst();
        }
        if (open.size() > 1) {
            throw new UserError("decisions: " + open.size() + " that wait begin with " + Texts.line(id));
        }
        throw new UserError(found.isEmpty()
                ? "decisions: no decision " + Texts.line(id) + "; kubeguardian decisions list shows what waits"
                : "decisions: " + found.getFirst().getId() + " does not wait: it is " + found.getFirst().getState()
                        + (found.getFirst().getNote().isEmpty() ? "" : " (" + Texts.line(found.getFirst().getNote()) + ")"));
    }}
