package io.kubeguardian.cli.profile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.schema.Profile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.specific.SpecificData;

/** Profiles as JSON and back: field by field as the schema has them, and nothing else. */
final class ProfileJson {
    private static final JsonMapper JSON = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private ProfileJson() {}

    /** Any record of ours, maps in the order of their keys. */
    static JsonNode of(IndexedRecord record) {
        ObjectNode node = JSON.createObjectNode();
        for (Schema.Field field : record.getSchema().getFields()) {
            node.set(field.name(), node(record.get(field.pos())));
        }
        return node;
    }

    private static JsonNode node(Object value) {
        return switch (value) {
            case IndexedRecord record -> of(record);
            case List<?> list -> {
                var array = JSON.createArrayNode();
                list.forEach(one -> array.add(node(one)));
                yield array;
            }
            case Map<?, ?> map -> {
                ObjectNode object = JSON.createObjectNode();
                new TreeMap<>(map).forEach((key, one) -> object.set(key.toString(), node(one)));
                yield object;
            }
            case Enum<?> word -> JSON.getNodeFactory().textNode(word.name());
            default -> JSON.valueToTree(value);
        };
    }

    /**
     * @param name of the file, for errors
     * @throws UserError with one line: what stands where and what was expected
     */
    static Profile read(String name, byte[] text) {
        JsonNode tree;
        try {
            tree = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new UserError(name + ":" + (e.getLocation() == null ? 1 : e.getLocation().getLineNr())
                    + ": not JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""), e);
        } catch (java.io.IOException e) {
            throw new UserError(name + ": " + e.getMessage(), e);
        }
        if (tree == null || !tree.isObject()) {
            throw new UserError(name + ": not a profile: expected an object as `kubeguardian profile export --format json`"
                    + " writes it");
        }
        return (Profile) record(name, "", tree, Profile.getClassSchema());
    }

    private static Object record(String name, String path, JsonNode tree, Schema schema) {
        tree.fieldNames().forEachRemaining(field -> {
            if (schema.getField(field) == null) {
                throw new UserError(name + ": unknown field " + path + field);
            }
        });
        IndexedRecord record = (IndexedRecord) SpecificData.get().newRecord(null, schema);
        for (Schema.Field field : schema.getFields()) {
            JsonNode value = tree.get(field.name());
            if (value == null) {
                if (!field.hasDefaultValue()) {
                    throw new UserError(name + ": field " + path + field.name() + " is missing");
                }
                record.put(field.pos(), SpecificData.get().deepCopy(field.schema(), SpecificData.get().getDefaultValue(field)));
            } else {
                record.put(field.pos(), value(name, path + field.name(), value, field.schema()));
            }
        }
        return record;
    }

    private static Object value(String name, String path, JsonNode value, Schema schema) {
        return switch (schema.getType()) {
            case RECORD -> record(name, path + '.', require(value.isObject(), name, path, "an object", value), schema);
            case ARRAY -> {
                require(value.isArray(), name, path, "a list", value);
                List<Object> list = new ArrayList<>();
                for (JsonNode one : value) {
                    list.add(value(name, path + '[' + list.size() + ']', one, schema.getElementType()));
                }
                yield list;
            }
            case MAP -> {
                require(value.isObject(), name, path, "an object", value);
                Map<String, Object> map = new HashMap<>();
                value.properties().forEach(entry ->
                        map.put(entry.getKey(), value(name, path + '.' + entry.getKey(), entry.getValue(), schema.getValueType())));
                yield map;
            }
            case ENUM -> {
                String word = require(value.isTextual(), name, path, "a word", value).asText();
                require(schema.hasEnumSymbol(word), name, path, "one of " + schema.getEnumSymbols(), value);
                yield GenericData.get().createEnum(word, schema) instanceof Enum<?> known ? known
                        : SpecificData.get().createEnum(word, schema);
            }
            case STRING -> require(value.isTextual(), name, path, "a text", value).asText();
            case LONG -> require(value.isIntegralNumber() && value.canConvertToLong(), name, path, "a whole number", value)
                    .asLong();
            case INT -> require(value.isIntegralNumber() && value.canConvertToInt(), name, path, "a whole number", value)
                    .asInt();
            case DOUBLE -> require(value.isNumber(), name, path, "a number", value).asDouble();
            case BOOLEAN -> require(value.isBoolean(), name, path, "true or false", value).asBoolean();
            default -> throw new IllegalStateException("profiles have no " + schema.getType());
        };
    }

    private static JsonNode require(boolean fine, String name, String path, String expected, JsonNode value) {
        if (!fine) {
            String found = value.toString();
            throw new UserError(name + ": " + path + ": expected " + expected + ", found "
                    + (found.length() > 80 ? found.substring(0, 80) + "…" : found));
        }
        return value;
    }
}
