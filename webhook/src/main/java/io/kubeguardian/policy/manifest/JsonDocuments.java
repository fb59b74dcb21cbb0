package io.kubeguardian.policy.manifest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.kubeguardian.policy.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Reads JSON, one value or several behind each other, by Jackson's stream, within bounds. */
final class JsonDocuments {
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(100)
                    .maxNameLength(65_536)
                    .maxNumberLength(1000)
                    .maxStringLength(Integer.MAX_VALUE) // bounded by the file's size
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private JsonDocuments() {}

    /** @param firstLine the text's first line in its file */
    static List<Node> read(String text, int firstLine) throws UnreadableException {
        try (JsonParser parser = JSON.createParser(text)) {
            List<Node> documents = new ArrayList<>(1);
            while (parser.nextToken() != null) {
                documents.add(value(parser, line(parser, firstLine), firstLine));
            }
            return documents;
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? firstLine : firstLine - 1 + Math.max(1, e.getLocation().getLineNr());
            throw new UnreadableException(line, "not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e); // in memory: cannot happen
        }
    }

    private static int line(JsonParser parser, int firstLine) {
        return firstLine - 1 + parser.currentTokenLocation().getLineNr();
    }

    private static Node value(JsonParser parser, int line, int firstLine) throws IOException {
        switch (parser.currentToken()) {
            case START_OBJECT -> {
                List<String> names = new ArrayList<>();
                List<Node> values = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    int nameLine = line(parser, firstLine);
                    names.add(parser.currentName().intern());
                    parser.nextToken();
                    values.add(value(parser, nameLine, firstLine));
                }
                return Node.object(names, values, line);
            }
            case START_ARRAY -> {
                List<Node> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(parser, line(parser, firstLine), firstLine));
                }
                return Node.array(items, line);
            }
            case VALUE_TRUE, VALUE_FALSE -> {
                return Node.scalar(Node.Kind.BOOLEAN, parser.getText(), line);
            }
            case VALUE_NULL -> {
                return Node.scalar(Node.Kind.NULL, null, line);
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                return Node.scalar(Node.Kind.NUMBER, parser.getText(), line);
            }
            default -> {
                return Node.scalar(Node.Kind.STRING, parser.getText(), line);
            }
        }
    }
}
