package io.kubeguardian.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;

/** Typed access to the fields of an object: null counts as absent, as in Kubernetes; a wrong type never passes. */
public final class Fields {
    private Fields() {}

    /**
     * The object in a field, or a missing node.
     *
     * @param path the parent's path, for the error
     * @throws InvalidObjectException when the field holds something else
     */
    public static JsonNode object(JsonNode parent, String path, String field) throws InvalidObjectException {
        JsonNode value = parent.path(field);
        if (absent(value)) {
            return MissingNode.getInstance();
        }
        if (!value.isObject()) {
            throw wrongType(path, field, value, "an object");
        }
        return value;
    }

    /** The array in a field, or a missing node; otherwise as {@link #object}. */
    public static JsonNode array(JsonNode parent, String path, String field) throws InvalidObjectException {
        JsonNode value = parent.path(field);
        if (absent(value)) {
            return MissingNode.getInstance();
        }
        if (!value.isArray()) {
            throw wrongType(path, field, value, "an array");
        }
        return value;
    }

    /** The text in a field, or the empty string; otherwise as {@link #object}. */
    public static String text(JsonNode parent, String path, String field) throws InvalidObjectException {
        JsonNode value = parent.path(field);
        if (absent(value)) {
            return "";
        }
        if (!value.isTextual()) {
            throw wrongType(path, field, value, "a string");
        }
        return value.textValue();
    }

    /** The boolean in a field, or false; otherwise as {@link #object}. */
    public static boolean flag(JsonNode parent, String path, String field) throws InvalidObjectException {
        JsonNode value = parent.path(field);
        if (absent(value)) {
            return false;
        }
        if (!value.isBoolean()) {
            throw wrongType(path, field, value, "true or false");
        }
        return value.booleanValue();
    }

    private static boolean absent(JsonNode value) {
        return value.isMissingNode() || value.isNull();
    }

    private static InvalidObjectException wrongType(String path, String field, JsonNode value, String expected) {
        String where = path.isEmpty() ? field : path + '.' + field;
        return new InvalidObjectException(
                where + " is of type " + value.getNodeType().name().toLowerCase(java.util.Locale.ROOT)
                        + ", must be " + expected);
    }
}
