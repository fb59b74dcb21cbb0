package io.kubeguardian.intel.feed;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.kubeguardian.intel.Indicator;
import io.kubeguardian.intel.IndicatorText;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Set;

/**
 * Attributes of MISP events (draft-dulaunoy-misp-core-format): of an event, of its objects, of a list of events. Only
 * those count that are meant for detection (to_ids) and not deleted. What MISP calls the event is their label.
 */
final class MispEvents {
    private static final Set<String> FIELDS =
            Set.of("type", "value", "to_ids", "first_seen", "last_seen", "timestamp", "deleted");

    private MispEvents() {}

    static void read(InputStream input, FeedContents contents) throws FeedException, IOException {
        try (JsonParser parser = Json.parser(input)) {
            JsonToken first = parser.nextToken();
            if (first != JsonToken.START_OBJECT && first != JsonToken.START_ARRAY) {
                throw new FeedException("not an event of MISP: no object");
            }
            String info = "";
            String name = "";
            int number = 0;
            boolean attributes = false;
            for (JsonToken next = parser.nextToken(); next != null; next = parser.nextToken()) {
                if (next == JsonToken.FIELD_NAME) {
                    name = parser.currentName();
                } else if (next == JsonToken.VALUE_STRING && name.equals("info")) {
                    info = parser.getText();
                } else if (next == JsonToken.START_ARRAY && name.equals("Attribute")) {
                    attributes = true;
                    for (JsonToken one = parser.nextToken(); one != null && one != JsonToken.END_ARRAY;
                            one = parser.nextToken()) {
                        number++;
                        if (one == JsonToken.START_OBJECT) {
                            attribute(Json.scalars(parser, FIELDS), info, "attribute " + number, contents);
                        } else {
                            parser.skipChildren();
                        }
                    }
                }
            }
            if (!attributes) {
                contents.leaveOut("the file", "no attributes in it");
            }
        }
    }

    private static void attribute(Map<String, String> attribute, String info, String where, FeedContents contents)
            throws FeedException {
        if (!isTrue(attribute.get("to_ids")) || isTrue(attribute.get("deleted"))) {
            return; // context, and not something to detect by
        }
        String type = attribute.getOrDefault("type", "");
        String value = attribute.getOrDefault("value", "");
        String last = attribute.get("last_seen") == null ? attribute.get("timestamp") : attribute.get("last_seen");
        boolean any = false;
        String[] types = type.split("\\|", 2);
        String[] values = value.split("\\|", 2);
        try {
            for (int i = 0; i < types.length && i < values.length; i++) {
                Indicator indicator = indicator(types[i], values[i]);
                if (indicator != null) {
                    any = true;
                    contents.add(indicator.known(Times.seconds(attribute.get("first_seen")), Times.seconds(last), 0, -1, info),
                            where);
                }
            }
            if (!any) {
                contents.leaveOut(where, "type " + FeedContents.shown(type) + " is nothing that the sensors see");
            }
        } catch (IllegalArgumentException e) {
            contents.leaveOut(where, "'" + FeedContents.shown(value) + "' is " + e.getMessage());
        }
    }

    private static boolean isTrue(String value) {
        return "true".equals(value) || "1".equals(value);
    }

    /** Null for a type without a place here, and for the second half of one (a port). */
    private static Indicator indicator(String type, String value) {
        return switch (type) {
            case "ip-src", "ip-dst", "ip" -> value.indexOf('/') < 0 ? IndicatorText.address(value) : IndicatorText.network(value);
            case "domain", "hostname" -> IndicatorText.domain(value);
            case "md5", "sha1", "sha256" -> PlainList.hash(value);
            default -> null;
        };
    }
}
