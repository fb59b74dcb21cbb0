package io.kubeguardian.cli.scan;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kubeguardian.policy.CheckInfo;
import io.kubeguardian.policy.Control;
import io.kubeguardian.policy.Finding;
import io.kubeguardian.policy.Severity;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A scan as SARIF 2.1.0 (OASIS), as code hosts show it at the lines of a change. */
final class SarifReport {
    private static final String SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

    private SarifReport() {}

    static void write(ScanResult result, OutputStream out) throws IOException {
        Map<String, Integer> rules = new LinkedHashMap<>();
        Map<String, CheckInfo> checks = new LinkedHashMap<>();
        for (ResourceResult resource : result.results()) {
            for (Finding finding : resource.findings()) {
                if (rules.putIfAbsent(finding.id(), rules.size()) == null) {
                    checks.put(finding.id(), finding.check());
                }
            }
        }
        try (JsonGenerator json = JsonReport.generator(out)) {
            json.writeStartObject();
            json.writeStringField("$schema", SCHEMA);
            json.writeStringField("version", "2.1.0");
            json.writeArrayFieldStart("runs");
            json.writeStartObject();
            tool(json, checks);
            json.writeStringField("columnKind", "unicodeCodePoints");
            invocation(json, result);
            json.writeArrayFieldStart("results");
            for (ResourceResult resource : result.results()) {
                for (Finding finding : resource.findings()) {
                    result(json, resource, finding, rules.get(finding.id()));
                }
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeEndArray();
            json.writeEndObject();
        }
        out.write('\n');
        out.flush();
    }

    private static void tool(JsonGenerator json, Map<String, CheckInfo> checks) throws IOException {
        json.writeObjectFieldStart("tool");
        json.writeObjectFieldStart("driver");
        json.writeStringField("name", "KubeGuardian");
        json.writeStringField("semanticVersion", "0.1.0");
        json.writeArrayFieldStart("rules");
        for (CheckInfo check : checks.values()) {
            json.writeStartObject();
            json.writeStringField("id", check.id());
            text(json, "shortDescription", check.title());
            text(json, "fullDescription", check.title() + ": " + check.why() + '.');
            text(json, "help", "To mend it, " + check.remedy() + '.');
            json.writeObjectFieldStart("defaultConfiguration");
            json.writeStringField("level", level(check.severity()));
            json.writeEndObject();
            json.writeObjectFieldStart("properties");
            json.writeStringField("security-severity", score(check.severity()));
            json.writeArrayFieldStart("tags");
            json.writeString("security");
            for (Control control : check.controls()) {
                json.writeString(control.key());
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void text(JsonGenerator json, String field, String text) throws IOException {
        json.writeObjectFieldStart(field);
        json.writeStringField("text", text);
        json.writeEndObject();
    }

    private static void invocation(JsonGenerator json, ScanResult result) throws IOException {
        json.writeArrayFieldStart("invocations");
        json.writeStartObject();
        json.writeBooleanField("executionSuccessful", result.errors().isEmpty());
        json.writeArrayFieldStart("toolExecutionNotifications");
        for (ScanError error : result.errors()) {
            json.writeStartObject();
            json.writeStringField("level", "error");
            text(json, "message", error.message());
            json.writeArrayFieldStart("locations");
            location(json, error.file(), error.line(), null);
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
        json.writeEndArray();
    }

    private static void result(JsonGenerator json, ResourceResult resource, Finding finding, int rule) throws IOException {
        json.writeStartObject();
        json.writeStringField("ruleId", finding.id());
        json.writeNumberField("ruleIndex", rule);
        json.writeStringField("level", level(finding.severity()));
        text(json, "message", resource.label() + ": " + finding.message() + ". To mend it, " + finding.remediation() + '.');
        json.writeArrayFieldStart("locations");
        location(json, resource.file(), Math.max(1, finding.line()), resource.label() + ' ' + finding.path());
        json.writeEndArray();
        json.writeObjectFieldStart("partialFingerprints");
        json.writeStringField("kubeguardian/v1", Baseline.fingerprint(resource, finding));
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void location(JsonGenerator json, String file, int line, String logical) throws IOException {
        json.writeStartObject();
        json.writeObjectFieldStart("physicalLocation");
        json.writeObjectFieldStart("artifactLocation");
        json.writeStringField("uri", uri(file));
        json.writeEndObject();
        json.writeObjectFieldStart("region");
        json.writeNumberField("startLine", line);
        json.writeEndObject();
        json.writeEndObject();
        if (logical != null) {
            json.writeArrayFieldStart("logicalLocations");
            json.writeStartObject();
            json.writeStringField("fullyQualifiedName", logical);
            json.writeEndObject();
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    /** Relative where the name is, as code hosts need it; whatever is in a name is escaped. */
    private static String uri(String file) {
        try {
            if (file.equals(Inputs.STDIN_NAME)) {
                return "stdin";
            }
            Path path = Path.of(file).normalize();
            if (path.isAbsolute()) {
                return new URI("file", "", path.toString(), null).toASCIIString();
            }
            // A colon in the first name would make a scheme of it.
            String relative = path.getName(0).toString().contains(":") ? "./" + path : path.toString();
            return new URI(null, null, relative, null).toASCIIString();
        } catch (URISyntaxException e) {
            return "unnameable";
        }
    }

    private static String level(Severity severity) {
        return switch (severity) {
            case CRITICAL, HIGH -> "error";
            case MEDIUM -> "warning";
            default -> "note";
        };
    }

    /** CVSS-like, from which code hosts make their own severities. */
    private static String score(Severity severity) {
        return switch (severity) {
            case CRITICAL -> "9.5";
            case HIGH -> "8.0";
            case MEDIUM -> "5.5";
            case LOW -> "3.0";
            case INFO -> "0.0";
        };
    }
}
