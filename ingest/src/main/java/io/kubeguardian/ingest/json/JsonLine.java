package io.kubeguardian.ingest.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.http.StrictJson;
import io.kubeguardian.ingest.MalformedLineException;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * One JSON object in UTF-8. Strict and bounded: whatever the bytes, it ends in time proportional to their number, with
 * memory bounded by {@value #MOST_TOKENS} tokens.
 */
public final class JsonLine {
    /** Tetragon's deepest are 7 levels; Falco's fields of plugins may hold documents. */
    static final int DEEPEST = 64;
    static final int MOST_TOKENS = 50_000;
    private static final int LONGEST_NAME = 1024;

    static final JsonMapper JSON = StrictJson.mapper(DEEPEST, MOST_TOKENS, LONGEST_NAME);

    private JsonLine() {}

    /** @throws MalformedLineException when the bytes are anything but one JSON object */
    public static Fields parse(byte[] line) throws MalformedLineException {
        JsonNode tree;
        try {
            tree = JSON.readTree(line);
        } catch (MismatchedInputException e) { // of a tree: only FAIL_ON_TRAILING_TOKENS
            throw new MalformedLineException("something follows after the JSON value", e);
        } catch (JsonProcessingException e) {
            throw new MalformedLineException("not acceptable JSON" + where(e) + ": " + firstLine(e.getOriginalMessage()), e);
        } catch (java.io.CharConversionException e) { // what Jackson calls broken UTF-32, which it takes some bytes for
            throw new MalformedLineException("not UTF-8", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // in memory: cannot happen
        }
        if (!(tree instanceof ObjectNode object)) {
            throw new MalformedLineException("not a JSON object");
        }
        return new Fields("", object);
    }

    private static String where(JsonProcessingException e) {
        return e.getLocation() == null ? "" : " at byte " + e.getLocation().getByteOffset();
    }

    private static String firstLine(String message) {
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
