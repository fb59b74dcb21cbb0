package io.kubeguardian.webhook;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.http.StrictJson;
import io.kubeguardian.policy.Fields;
import io.kubeguardian.policy.InvalidObjectException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads an {@code admission.k8s.io/v1} AdmissionReview. Strict and bounded: whatever the bytes, it ends in time
 * proportional to their number, with memory bounded by {@link #MOST_TOKENS}.
 *
 * <p>Format: {@code k8s.io/api/admission/v1} types, and "Dynamic Admission Control" in Kubernetes' documentation.
 */
final class AdmissionReviewReader {
    static final String API_VERSION = "admission.k8s.io/v1";
    static final String KIND = "AdmissionReview";

    static final int DEEPEST = 200;
    /** A tree node costs up to some 100 bytes: 300,000 tokens are at most about 15 MiB. A large pod has 5,000. */
    static final int MOST_TOKENS = 300_000;
    private static final int LONGEST_NAME = 8192;
    private static final int LONGEST_UID = 128;
    private static final int MOST_HEAD_GROUPS = 1000;

    static final JsonMapper JSON = StrictJson.mapper(DEEPEST, MOST_TOKENS, LONGEST_NAME);

    private AdmissionReviewReader() {}

    /** @throws InvalidReviewException when the bytes are anything else; its message names the field */
    static AdmissionRequest read(byte[] body) throws InvalidReviewException {
        JsonNode review = parse(body);
        try {
            return request(review);
        } catch (InvalidObjectException e) {
            throw new InvalidReviewException(e.getMessage());
        }
    }

    private static JsonNode parse(byte[] body) throws InvalidReviewException {
        JsonNode tree;
        try {
            tree = JSON.readTree(body);
        } catch (MismatchedInputException e) { // of a tree: only FAIL_ON_TRAILING_TOKENS
            throw unacceptable(e, "something follows after the JSON value");
        } catch (JsonProcessingException e) {
            throw unacceptable(e, e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e); // in memory: cannot happen
        }
        if (tree == null || !tree.isObject()) {
            throw new InvalidReviewException("body must be a JSON object: an AdmissionReview");
        }
        return tree;
    }

    private static InvalidReviewException unacceptable(JsonProcessingException e, String problem) {
        String where = e.getLocation() == null ? ""
                : " at line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
        return new InvalidReviewException("body is not acceptable JSON" + where + ": " + problem);
    }

    private static AdmissionRequest request(JsonNode review) throws InvalidObjectException, InvalidReviewException {
        expect("apiVersion", API_VERSION, Fields.text(review, "", "apiVersion"));
        expect("kind", KIND, Fields.text(review, "", "kind"));
        JsonNode request = Fields.object(review, "", "request");
        if (request.isMissingNode()) {
            throw new InvalidReviewException("request is missing: send the AdmissionReview as the API server does");
        }
        String uid = Fields.text(request, "request", "uid");
        if (uid.isBlank() || uid.length() > LONGEST_UID) {
            throw new InvalidReviewException(
                    "request.uid is missing, blank or longer than " + LONGEST_UID + " characters");
        }
        JsonNode type = Fields.object(request, "request", "kind");
        String kind = Fields.text(type, "request.kind", "kind");
        if (kind.isEmpty()) {
            throw new InvalidReviewException("request.kind.kind is missing: the kind of the object, as Pod");
        }
        AdmissionRequest.Operation operation = operation(Fields.text(request, "request", "operation"));
        JsonNode object = Fields.object(request, "request", "object");
        if (object.isMissingNode() && writes(operation)) {
            throw new InvalidReviewException("request.object is missing: " + operation + " needs it");
        }
        String namespace = Fields.text(request, "request", "namespace");
        JsonNode metadata = Fields.object(object, "request.object", "metadata");
        String own = Fields.text(metadata, "request.object.metadata", "namespace");
        if (!own.isEmpty() && !namespace.isEmpty() && !own.equals(namespace)) {
            throw new InvalidReviewException(
                    "request.object.metadata.namespace is not that of request.namespace; the API server never does that");
        }
        JsonNode user = Fields.object(request, "request", "userInfo");
        return new AdmissionRequest(uid, Fields.text(type, "request.kind", "group"), kind, operation,
                Fields.text(request, "request", "subResource"), namespace,
                Fields.text(request, "request", "name"), object, Fields.object(request, "request", "oldObject"),
                Fields.flag(request, "request", "dryRun"), Fields.text(user, "request.userInfo", "username"), groups(user),
                request);
    }

    /**
     * Who asks for what, without the objects: in memory bounded by the longest name, for a review that nobody has time for.
     *
     * @throws InvalidReviewException when the bytes are no AdmissionReview as far as they were looked at
     */
    static AdmissionRequest head(byte[] body) throws InvalidReviewException {
        ObjectNode head = JSON.createObjectNode();
        try (JsonParser parser = JSON.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new InvalidReviewException("body must be a JSON object: an AdmissionReview");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                if (!parser.currentName().equals("request")) {
                    member(parser, head);
                } else if (parser.nextToken() == JsonToken.START_OBJECT) {
                    head.set("request", withoutObjects(parser));
                } else {
                    parser.skipChildren();
                }
            }
        } catch (JsonProcessingException e) {
            throw unacceptable(e, e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e); // in memory: cannot happen
        }
        try {
            return request(head);
        } catch (InvalidObjectException e) {
            throw new InvalidReviewException(e.getMessage());
        }
    }

    private static ObjectNode withoutObjects(JsonParser parser) throws IOException {
        ObjectNode request = JSON.createObjectNode();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (name.equals("object") || name.equals("oldObject")) {
                parser.nextToken();
                parser.skipChildren();
                request.putObject(name);
            } else if (name.equals("kind") || name.equals("userInfo")) {
                ObjectNode inner = request.putObject(name);
                if (parser.nextToken() == JsonToken.START_OBJECT) {
                    while (parser.nextToken() == JsonToken.FIELD_NAME) {
                        if (parser.currentName().equals("groups")) {
                            groups(parser, inner);
                        } else {
                            member(parser, inner);
                        }
                    }
                }
            } else {
                member(parser, request);
            }
        }
        return request;
    }

    /** Takes the first texts of an array: who is exempt by a group stays so. */
    private static void groups(JsonParser parser, ObjectNode user) throws IOException {
        if (parser.nextToken() != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return;
        }
        ArrayNode groups = user.putArray("groups");
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() == JsonToken.VALUE_STRING && groups.size() < MOST_HEAD_GROUPS) {
                groups.add(parser.getText());
            } else {
                parser.skipChildren();
            }
        }
    }

    /** Takes a text or a flag, lets anything else go by. */
    private static void member(JsonParser parser, ObjectNode into) throws IOException {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        if (value == JsonToken.VALUE_STRING) {
            into.put(name, parser.getText());
        } else if (value == JsonToken.VALUE_TRUE || value == JsonToken.VALUE_FALSE) {
            into.put(name, parser.getBooleanValue());
        } else {
            parser.skipChildren();
        }
    }

    private static List<String> groups(JsonNode user) throws InvalidObjectException {
        List<String> groups = new ArrayList<>();
        for (JsonNode group : Fields.array(user, "request.userInfo", "groups")) {
            if (!group.isTextual()) {
                throw new InvalidObjectException("request.userInfo.groups must be a list of strings");
            }
            groups.add(group.textValue());
        }
        return groups;
    }

    private static boolean writes(AdmissionRequest.Operation operation) {
        return operation == AdmissionRequest.Operation.CREATE || operation == AdmissionRequest.Operation.UPDATE;
    }

    private static AdmissionRequest.Operation operation(String name) throws InvalidReviewException {
        return switch (name) {
            case "CREATE" -> AdmissionRequest.Operation.CREATE;
            case "UPDATE" -> AdmissionRequest.Operation.UPDATE;
            case "DELETE" -> AdmissionRequest.Operation.DELETE;
            case "CONNECT" -> AdmissionRequest.Operation.CONNECT;
            default -> throw new InvalidReviewException(
                    "request.operation is \"" + name + "\", must be CREATE, UPDATE, DELETE or CONNECT");
        };
    }

    private static void expect(String field, String expected, String actual) throws InvalidReviewException {
        if (!actual.equals(expected)) {
            throw new InvalidReviewException(field + " is \"" + actual + "\", must be " + expected);
        }
    }
}
