package io.kubeguardian.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** JSON from strangers. */
public final class StrictJson {
    private static final int LONGEST_NUMBER = 100;

    private StrictJson() {}

    /**
     * A mapper for trees that takes one value and nothing behind it, no name twice, and ends within bounds: whatever the
     * bytes, in time proportional to their number.
     *
     * @param deepest levels of nesting
     * @param mostTokens of one value; a tree node costs up to some 100 bytes
     * @param longestName characters of a field's name
     */
    public static JsonMapper mapper(int deepest, int mostTokens, int longestName) {
        return JsonMapper.builder(JsonFactory.builder()
                        .streamReadConstraints(StreamReadConstraints.builder()
                                .maxNestingDepth(deepest)
                                .maxTokenCount(mostTokens)
                                .maxNameLength(longestName)
                                .maxNumberLength(LONGEST_NUMBER)
                                .build())
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                        .build())
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
    }
}
