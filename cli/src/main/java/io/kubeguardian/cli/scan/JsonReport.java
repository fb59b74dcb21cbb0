package io.kubeguardian.cli.scan;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import io.kubeguardian.policy.Control;
import io.kubeguardian.policy.Finding;
import io.kubeguardian.policy.Severity;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

/** A scan as JSON. docs/scan.md has its shape. */
final class JsonReport {
    private JsonReport() {}

    static JsonGenerator generator(OutputStream out) throws IOException {
        return new JsonFactory().createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
                .setPrettyPrinter(new DefaultPrettyPrinter());
    }

    /** @param compliance of the frameworks that were asked for; none for none */
    static void write(ScanResult result, List<Compliance> compliance, OutputStream out) throws IOException {
        try (JsonGenerator json = generator(out)) {
            json.writeStartObject();
            summary(json, result);
            if (!compliance.isEmpty()) {
                frameworks(json, compliance);
            }
            json.writeArrayFieldStart("results");
            for (ResourceResult resource : result.results()) {
                resource(json, resource);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("errors");
            for (ScanError error : result.errors()) {
                json.writeStartObject();
                json.writeStringField("file", error.file());
                json.writeNumberField("line", error.line());
                json.writeStringField("message", error.message());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        out.write('\n');
        out.flush();
    }

    private static void summary(JsonGenerator json, ScanResult result) throws IOException {
        json.writeObjectFieldStart("summary");
        json.writeNumberField("files", result.files());
        json.writeNumberField("documents", result.documents());
        json.writeNumberField("resources", result.resources());
        json.writeNumberField("violations", result.violations());
        json.writeObjectFieldStart("bySeverity");
        for (Map.Entry<Severity, Long> count : result.bySeverity().entrySet()) {
            json.writeNumberField(count.getKey().label(), count.getValue());
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void resource(JsonGenerator json, ResourceResult resource) throws IOException {
        json.writeStartObject();
        json.writeStringField("file", resource.file());
        json.writeNumberField("line", resource.line());
        json.writeNumberField("document", resource.document());
        json.writeStringField("kind", resource.kind());
        json.writeStringField("namespace", resource.namespace());
        json.writeStringField("name", resource.name());
        json.writeArrayFieldStart("violations");
        for (Finding finding : resource.findings()) {
            json.writeStartObject();
            json.writeStringField("id", finding.id());
            json.writeStringField("title", finding.title());
            json.writeStringField("severity", finding.severity().label());
            json.writeStringField("path", finding.path());
            json.writeNumberField("line", finding.line());
            json.writeStringField("message", finding.message());
            json.writeStringField("remediation", finding.remediation());
            json.writeArrayFieldStart("controls");
            for (Control control : finding.check().controls()) {
                json.writeString(control.key());
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void frameworks(JsonGenerator json, List<Compliance> compliance) throws IOException {
        json.writeArrayFieldStart("frameworks");
        for (Compliance one : compliance) {
            json.writeStartObject();
            json.writeStringField("id", one.profile().framework().id());
            json.writeStringField("version", one.version());
            json.writeStringField("title", one.profile().framework().title());
            json.writeNumberField("passed", one.count(Compliance.Status.PASSED));
            json.writeNumberField("failed", one.count(Compliance.Status.FAILED));
            json.writeNumberField("notApplicable", one.count(Compliance.Status.NOT_APPLICABLE));
            json.writeArrayFieldStart("controls");
            for (Compliance.Row row : one.rows()) {
                json.writeStartObject();
                json.writeStringField("id", row.control().key());
                json.writeStringField("title", row.control().title());
                json.writeStringField("status", row.status().label());
                json.writeNumberField("applied", row.applied());
                json.writeNumberField("failed", row.failed());
                json.writeArrayFieldStart("checks");
                for (String check : row.checks()) {
                    json.writeString(check);
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
