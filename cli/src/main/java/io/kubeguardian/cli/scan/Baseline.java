package io.kubeguardian.cli.scan;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.policy.Finding;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** The findings of an earlier scan, from its report in JSON: what is among them is not new. */
final class Baseline {
    private final Map<String, Integer> known = new HashMap<>();
    private long found;

    private Baseline() {}

    /** @throws UserError when the file is no report of a scan */
    static Baseline read(Path file) {
        Baseline baseline = new Baseline();
        try (JsonParser parser = new JsonFactory().createParser(file.toFile())) {
            baseline.report(parser);
        } catch (FileNotFoundException e) { // which says why in words, after the name
            throw new UserError(e.getMessage() + ": make one with scan --format json", e);
        } catch (IOException e) {
            throw new UserError(file + ": no report of a scan (make one with scan --format json): " + firstLine(e), e);
        }
        return baseline;
    }

    private static String firstLine(IOException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private void report(JsonParser parser) throws IOException {
        boolean results = false;
        expect(parser.nextToken() == JsonToken.START_OBJECT, parser);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            parser.nextToken();
            if (field.equals("results")) {
                results = true;
                expect(parser.currentToken() == JsonToken.START_ARRAY, parser);
                while (parser.nextToken() == JsonToken.START_OBJECT) {
                    result(parser);
                }
            } else {
                parser.skipChildren();
            }
        }
        expect(results, parser);
    }

    private static void expect(boolean holds, JsonParser parser) throws IOException {
        if (!holds) {
            throw new IOException("line " + parser.currentTokenLocation().getLineNr() + " is not what a report has there");
        }
    }

    private void result(JsonParser parser) throws IOException {
        Map<String, String> resource = new HashMap<>();
        List<Map<String, String>> violations = new ArrayList<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            if (parser.nextToken() == JsonToken.START_ARRAY && field.equals("violations")) {
                while (parser.nextToken() == JsonToken.START_OBJECT) {
                    violations.add(fields(parser));
                }
            } else {
                resource.put(field, parser.getValueAsString(""));
                parser.skipChildren();
            }
        }
        for (Map<String, String> violation : violations) {
            known.merge(fingerprint(violation.getOrDefault("id", ""), resource.getOrDefault("kind", ""),
                    resource.getOrDefault("namespace", ""), resource.getOrDefault("name", ""),
                    violation.getOrDefault("path", ""), violation.getOrDefault("message", "")), 1, Integer::sum);
        }
    }

    private static Map<String, String> fields(JsonParser parser) throws IOException {
        Map<String, String> fields = new HashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            parser.nextToken();
            fields.put(field, parser.getValueAsString(""));
            parser.skipChildren();
        }
        return fields;
    }

    /** What is new in these results. */
    List<ResourceResult> newIn(List<ResourceResult> results) {
        List<ResourceResult> fresh = new ArrayList<>();
        for (ResourceResult result : results) {
            List<Finding> findings = new ArrayList<>();
            for (Finding finding : result.findings()) {
                if (!takeKnown(fingerprint(result, finding))) {
                    findings.add(finding);
                }
            }
            if (!findings.isEmpty()) {
                fresh.add(result.with(findings));
            }
        }
        return fresh;
    }

    private boolean takeKnown(String fingerprint) {
        int left = known.getOrDefault(fingerprint, 0);
        if (left == 0) {
            return false;
        }
        known.put(fingerprint, left - 1);
        found++;
        return true;
    }

    /** How many findings were known. */
    long found() {
        return found;
    }

    static String fingerprint(ResourceResult result, Finding finding) {
        return fingerprint(finding.id(), result.kind(), result.namespace(), result.name(), finding.path(), finding.message());
    }

    /**
     * The same as long as the check, the object and what the finding names in it are: it survives other lines, other files,
     * and other places in lists. Containers, volumes and variables are told apart by their names, which the message has.
     */
    private static String fingerprint(String id, String kind, String namespace, String name, String path, String message) {
        int reason = message.indexOf(": ");
        String what = reason < 0 ? message : message.substring(0, reason);
        String all = String.join("\0", id, kind, namespace, name, withoutPlaces(path), withoutPlaces(what));
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(all.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String withoutPlaces(String path) {
        StringBuilder all = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            all.append(path.charAt(i));
            if (path.charAt(i) == '[') {
                while (i + 1 < path.length() && path.charAt(i + 1) >= '0' && path.charAt(i + 1) <= '9') {
                    i++;
                }
            }
        }
        return all.toString();
    }
}
