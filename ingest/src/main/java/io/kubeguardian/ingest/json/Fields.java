package io.kubeguardian.ingest.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.ingest.MalformedLineException;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The fields of a JSON object, each of which is taken out as it is read: what is left at the end is what nobody knows,
 * and can be kept. A field that is missing or null reads as its empty value. Numbers may stand as text, which is how
 * protobuf's JSON mapping writes those of 64 bits.
 */
public final class Fields {
    private final String path;
    private final ObjectNode node;

    Fields(String path, ObjectNode node) {
        this.path = path;
        this.node = node;
    }

    /** Whether there is such a field, and it is not null. */
    public boolean has(String name) {
        return node.hasNonNull(name);
    }

    /** Empty when missing. */
    public String text(String name) throws MalformedLineException {
        JsonNode value = take(name);
        if (value == null) {
            return "";
        }
        if (!value.isTextual()) {
            throw wrong(name, "text");
        }
        return value.textValue();
    }

    /** An integer from {@code least} to {@code most}. */
    public long number(String name, long missing, long least, long most) throws MalformedLineException {
        JsonNode value = take(name);
        if (value == null) {
            return missing;
        }
        long number = integer(name, value);
        if (number < least || number > most) {
            throw new MalformedLineException(at(name) + " is " + number + ", must be from " + least + " to " + most);
        }
        return number;
    }

    private long integer(String name, JsonNode value) throws MalformedLineException {
        if (value.isIntegralNumber() && value.canConvertToLong()) {
            return value.longValue();
        }
        if (value.isTextual()) {
            try {
                return Long.parseLong(value.textValue());
            } catch (NumberFormatException e) {
                throw wrong(name, "an integer of 64 bits");
            }
        }
        throw wrong(name, "an integer of 64 bits");
    }

    /** An integer of 64 bits without a sign; beyond what a long holds its bits stay the same. 0 when missing. */
    public long unsigned(String name) throws MalformedLineException {
        JsonNode value = take(name);
        if (value == null) {
            return 0;
        }
        if (!value.isIntegralNumber() && !value.isTextual()) {
            throw wrong(name, "an integer of 64 bits without a sign");
        }
        try {
            return Long.parseUnsignedLong(value.asText());
        } catch (NumberFormatException e) {
            throw wrong(name, "an integer of 64 bits without a sign");
        }
    }

    /** False when missing. */
    public boolean flag(String name) throws MalformedLineException {
        JsonNode value = take(name);
        if (value != null && !value.isBoolean()) {
            throw wrong(name, "true or false");
        }
        return value != null && value.booleanValue();
    }

    /** RFC 3339, as nanoseconds since the Unix epoch; 0 when missing. */
    public long time(String name) throws MalformedLineException {
        String text = text(name);
        if (text.isEmpty()) {
            return 0;
        }
        try {
            OffsetDateTime time = OffsetDateTime.parse(text);
            long nanos = Math.addExact(Math.multiplyExact(time.toEpochSecond(), 1_000_000_000L), time.getNano());
            if (nanos <= 0) {
                throw new MalformedLineException(at(name) + " is before 1970");
            }
            return nanos;
        } catch (DateTimeException e) {
            throw new MalformedLineException(at(name) + " is not a time as RFC 3339 has it", e);
        } catch (ArithmeticException e) {
            throw new MalformedLineException(at(name) + " is a time too far away", e);
        }
    }

    /** A nested object, of which the fields are taken one by one; null when missing. */
    public Fields object(String name) throws MalformedLineException {
        JsonNode value = node.get(name);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!(value instanceof ObjectNode object)) {
            throw wrong(name, "an object");
        }
        return new Fields(at(name), object);
    }

    /** The objects of an array, of which the fields are taken one by one; empty when missing. */
    public List<Fields> objects(String name) throws MalformedLineException {
        List<Fields> objects = new ArrayList<>();
        JsonNode value = array(name);
        for (int i = 0; value != null && i < value.size(); i++) {
            if (!(value.get(i) instanceof ObjectNode object)) {
                throw wrong(name, "an array of objects");
            }
            objects.add(new Fields(at(name) + '[' + i + ']', object));
        }
        return objects;
    }

    /** The texts of an array; empty when missing. */
    public List<String> texts(String name) throws MalformedLineException {
        List<String> texts = new ArrayList<>();
        JsonNode value = array(name);
        for (int i = 0; value != null && i < value.size(); i++) {
            if (!value.get(i).isTextual()) {
                throw wrong(name, "an array of texts");
            }
            texts.add(value.get(i).textValue());
        }
        node.remove(name);
        return texts;
    }

    /** The numbers of an array, none below 0; empty when missing. */
    public List<Long> numbers(String name) throws MalformedLineException {
        List<Long> numbers = new ArrayList<>();
        JsonNode value = array(name);
        for (int i = 0; value != null && i < value.size(); i++) {
            long number = integer(name, value.get(i));
            if (number < 0) {
                throw wrong(name, "an array of numbers, none below 0");
            }
            numbers.add(number);
        }
        node.remove(name);
        return numbers;
    }

    private JsonNode array(String name) throws MalformedLineException {
        JsonNode value = node.get(name);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isArray()) {
            throw wrong(name, "an array");
        }
        return value;
    }

    /** An object's values as text, nested ones as JSON; nulls are left out. Empty when missing. */
    public Map<String, String> map(String name) throws MalformedLineException {
        JsonNode value = take(name);
        Map<String, String> map = new LinkedHashMap<>();
        if (value == null) {
            return map;
        }
        if (!value.isObject()) {
            throw wrong(name, "an object");
        }
        for (Map.Entry<String, JsonNode> entry : value.properties()) {
            if (!entry.getValue().isNull()) {
                map.put(entry.getKey(), string(entry.getValue()));
            }
        }
        return map;
    }

    /** Puts a text back that is to be kept after all. */
    public void put(String name, String value) {
        node.put(name, value);
    }

    /** Takes fields that are known and not wanted. */
    public void drop(String... names) {
        node.remove(List.of(names));
    }

    /** Names of the fields that were not taken, in their order. */
    public List<String> names() {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /**
     * What was not taken, by path (objects are joined with dots, arrays are JSON). Empty objects, arrays of such, and
     * nulls say nothing and are left out.
     */
    public Map<String, String> rest() {
        Map<String, String> rest = new LinkedHashMap<>();
        collect("", node, rest);
        return rest;
    }

    private static void collect(String path, ObjectNode object, Map<String, String> rest) {
        for (Map.Entry<String, JsonNode> entry : object.properties()) {
            String name = path.isEmpty() ? entry.getKey() : path + '.' + entry.getKey();
            if (entry.getValue() instanceof ObjectNode nested) {
                collect(name, nested, rest);
            } else if (!saysNothing(entry.getValue())) {
                rest.put(name, string(entry.getValue()));
            }
        }
    }

    private static boolean saysNothing(JsonNode value) {
        if (value instanceof ObjectNode || value instanceof ArrayNode) {
            for (JsonNode element : value) {
                if (!saysNothing(element)) {
                    return false;
                }
            }
            return true;
        }
        return value.isNull();
    }

    private static String string(JsonNode value) {
        return value.isValueNode() ? value.asText() : value.toString();
    }

    private JsonNode take(String name) {
        JsonNode value = node.remove(name);
        return value == null || value.isNull() ? null : value;
    }

    /** Path of a field, for messages. */
    public String at(String name) {
        return path.isEmpty() ? name : path + '.' + name;
    }

    private MalformedLineException wrong(String name, String expected) {
        return new MalformedLineException(at(name) + " is not " + expected);
    }
}
