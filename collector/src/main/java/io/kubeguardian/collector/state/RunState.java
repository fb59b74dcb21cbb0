package io.kubeguardian.collector.state;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kubeguardian.collector.batch.Numbers;
import io.kubeguardian.schema.EventClass;
import io.kubeguardian.schema.Loss;
import io.kubeguardian.schema.LossCause;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What one run of the collector leaves to the next, as JSON.
 *
 * @param ended it ended in order, and the rest is as it was then; else it runs, or was killed
 * @param endedBootNanos when it had emptied the rings for the last time, on the boot clock
 * @param pods, nodeSequence, floor as {@link Numbers}
 */
public record RunState(
        @JsonProperty(required = true) int version,
        @JsonProperty(required = true) String cluster,
        @JsonProperty(required = true) String node,
        @JsonProperty(required = true) String bootId,
        @JsonProperty(required = true) long epoch,
        @JsonProperty(required = true) long previousEpoch,
        @JsonProperty(required = true) boolean ended,
        @JsonProperty(required = true) long endedBootNanos,
        @JsonProperty(required = true) long unwatchedMillis,
        @JsonProperty(required = true) long nodeSequence,
        @JsonProperty(required = true) long floor,
        @JsonProperty(required = true) Map<String, Long> pods,
        @JsonProperty(required = true) List<Lost> losses) {
    static final int VERSION = 1;
    private static final int LONGEST_NAME = 512;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();

    /** A counter of {@link Loss}. */
    public record Lost(
            @JsonProperty(required = true) EventClass eventClass,
            @JsonProperty(required = true) LossCause cause,
            @JsonProperty(required = true) long events) {}

    /** @throws IOException with the reason in one line, when these are not a state that a collector wrote */
    static RunState parse(byte[] json) throws IOException {
        RunState state;
        try {
            state = JSON.readValue(json, RunState.class);
        } catch (IOException e) {
            throw new IOException(e.getMessage().lines().findFirst().orElse("not JSON"), e);
        }
        require(state != null, "null");
        state.check();
        return state;
    }

    byte[] json() throws IOException {
        return JSON.writeValueAsBytes(this);
    }

    private void check() throws IOException {
        require(version == VERSION, "version " + version);
        require(cluster.length() <= LONGEST_NAME && node.length() <= LONGEST_NAME && bootId.length() <= LONGEST_NAME,
                "a name of more than " + LONGEST_NAME + " characters");
        require(epoch > 0 && sound(epoch) && previousEpoch >= Start.UNKNOWN, "epoch " + epoch + " after " + previousEpoch);
        require(endedBootNanos >= 0 && unwatchedMillis >= 0, "a negative time");
        require(sound(nodeSequence) && sound(floor), "a sequence out of range");
        require(pods.size() <= Numbers.MOST_PODS, "more than " + Numbers.MOST_PODS + " pods");
        for (Map.Entry<String, Long> pod : pods.entrySet()) {
            require(pod.getKey().length() <= LONGEST_NAME && pod.getValue() != null && sound(pod.getValue()),
                    "a pod's sequence out of range");
        }
        for (Lost lost : losses) {
            require(lost != null && sound(lost.events()), "a loss out of range");
        }
    }

    /** No run comes near the limit; whoever wrote such a number wants the next ones to overflow. */
    private static boolean sound(long number) {
        return number >= 0 && number < Long.MAX_VALUE / 2;
    }

    private static void require(boolean condition, String problem) throws IOException {
        if (!condition) {
            throw new IOException(problem);
        }
    }
}
