package io.kubeguardian.intel.feed;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** JSON of strangers, token by token: nothing is kept but the few scalars that are asked for. */
final class Json {
    /** A pattern may be long; more is not one. */
    private static final int LONGEST_TEXT = 1 << 20;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(64).maxStringLength(LONGEST_TEXT)
                    .maxNameLength(4096).maxNumberLength(64).build())
            .enable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();

    private Json() {}

    static JsonParser parser(InputStream input) throws IOException {
        return FACTORY.createParser(input);
    }

    /** The wanted scalar fields of the object whose start was read, as text; what is nested is skipped. */
    static Map<String, String> scalars(JsonParser parser, Set<String> wanted) throws IOException {
        Map<String, String> fields = new HashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (value != null && value.isScalarValue() && wanted.contains(name)) {
                fields.put(name, parser.getText());
            } else {
                parser.skipChildren();
            }
        }
        return fields;
    }
}
