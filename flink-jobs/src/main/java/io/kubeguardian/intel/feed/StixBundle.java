package io.kubeguardian.intel.feed;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.kubeguardian.intel.Indicator;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Set;

/**
 * Indicators of a STIX 2.1 bundle (OASIS, STIX Version 2.1, sections 4.7 and 8), or of a TAXII envelope, which has the same
 * array of objects: pattern, valid_from, valid_until, confidence, revoked, name. Objects of other types have no part in
 * it; revoked ones are left out.
 */
final class StixBundle {
    private static final Set<String> FIELDS = Set.of("type", "id", "pattern", "pattern_type", "valid_from", "valid_until",
            "modified", "confidence", "revoked", "name");

    private StixBundle() {}

    static void read(InputStream input, FeedContents contents) throws FeedException, IOException {
        try (JsonParser parser = Json.parser(input)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new FeedException("not a STIX bundle: no object");
            }
            boolean objects = false;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean these = parser.currentName().equals("objects");
                if (parser.nextToken() == JsonToken.START_ARRAY && these) {
                    objects = true;
                    objects(parser, contents);
                } else {
                    parser.skipChildren();
                }
            }
            if (!objects) {
                throw new FeedException("not a STIX bundle: no array of objects");
            }
        }
    }

    private static void objects(JsonParser parser, FeedContents contents) throws FeedException, IOException {
        int number = 0;
        for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY && next != null; next = parser.nextToken()) {
            number++;
            if (next != JsonToken.START_OBJECT) {
                parser.skipChildren();
                contents.leaveOut("object " + number, "no object");
                continue;
            }
            Map<String, String> object = Json.scalars(parser, FIELDS);
            if ("indicator".equals(object.get("type"))) {
                indicator(object, "object " + number, contents);
            }
        }
    }

    private static void indicator(Map<String, String> object, String where, FeedContents contents) throws FeedException {
        if ("true".equals(object.get("revoked"))) {
            contents.leaveOut(where, "revoked");
            return;
        }
        if (!object.getOrDefault("pattern_type", "stix").equals("stix")) {
            contents.leaveOut(where, "a pattern of type " + FeedContents.shown(object.get("pattern_type")));
            return;
        }
        try {
            for (Indicator indicator : StixPattern.parse(object.getOrDefault("pattern", ""))) {
                contents.add(indicator.known(Times.seconds(object.get("valid_from")), Times.seconds(object.get("modified")),
                        Times.seconds(object.get("valid_until")),
                        CsvList.confidence(object.getOrDefault("confidence", "")),
                        object.getOrDefault("name", "")), where);
            }
        } catch (IllegalArgumentException e) {
            contents.leaveOut(where, e.getMessage());
        }
    }
}
