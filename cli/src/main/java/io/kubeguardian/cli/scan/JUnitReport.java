package io.kubeguardian.cli.scan;

import io.kubeguardian.policy.Finding;
import java.io.OutputStream;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** A scan as JUnit's XML, as CI servers show it: a suite for each object, a failed test for each finding. */
final class JUnitReport {
    private JUnitReport() {}

    static void write(ScanResult result, OutputStream out) throws XMLStreamException {
        XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(out, "UTF-8");
        xml.writeStartDocument("UTF-8", "1.0");
        xml.writeStartElement("testsuites");
        xml.writeAttribute("name", "kubeguardian scan");
        // What is fine is a test too: otherwise a scan without findings looks like one that never ran.
        long passed = result.resources() - result.results().size();
        xml.writeAttribute("tests", Long.toString(result.violations() + Math.max(0, passed) + result.errors().size()));
        xml.writeAttribute("failures", Long.toString(result.violations()));
        xml.writeAttribute("errors", Integer.toString(result.errors().size()));
        for (ResourceResult resource : result.results()) {
            resource(xml, resource);
        }
        if (passed > 0) {
            start(xml, "objects without findings", passed, 0, 0);
            for (long i = 1; i <= passed; i++) {
                testcase(xml, "object " + i, "fine");
                xml.writeEndElement();
            }
            xml.writeEndElement();
        }
        if (!result.errors().isEmpty()) {
            start(xml, "unreadable", result.errors().size(), 0, result.errors().size());
            for (ScanError error : result.errors()) {
                testcase(xml, error.file() + ":" + error.line(), "unreadable");
                xml.writeStartElement("error");
                xml.writeAttribute("message", text(error.message()));
                xml.writeEndElement();
                xml.writeEndElement();
            }
            xml.writeEndElement();
        }
        xml.writeEndElement();
        xml.writeEndDocument();
        xml.flush();
    }

    private static void start(XMLStreamWriter xml, String name, long tests, long failures, long errors)
            throws XMLStreamException {
        xml.writeStartElement("testsuite");
        xml.writeAttribute("name", text(name));
        xml.writeAttribute("tests", Long.toString(tests));
        xml.writeAttribute("failures", Long.toString(failures));
        xml.writeAttribute("errors", Long.toString(errors));
    }

    private static void testcase(XMLStreamWriter xml, String name, String className) throws XMLStreamException {
        xml.writeStartElement("testcase");
        xml.writeAttribute("name", text(name));
        xml.writeAttribute("classname", text(className));
    }

    private static void resource(XMLStreamWriter xml, ResourceResult resource) throws XMLStreamException {
        int findings = resource.findings().size();
        start(xml, resource.file() + " " + resource.label(), findings, findings, 0);
        for (Finding finding : resource.findings()) {
            testcase(xml, finding.id() + " " + finding.path(), resource.label());
            xml.writeStartElement("failure");
            xml.writeAttribute("type", finding.severity().label());
            xml.writeAttribute("message", text(finding.message()));
            xml.writeCharacters(text(resource.file() + ":" + finding.line() + ": " + finding.message() + ". To mend it, "
                    + finding.remediation() + '.'));
            xml.writeEndElement();
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    /** XML 1.0 has no place for most control characters. */
    private static String text(String text) {
        StringBuilder all = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            boolean allowed = c == '\t' || c == '\n' || c >= 0x20 && c <= 0xD7FF || c >= 0xE000 && c <= 0xFFFD
                    || c >= 0x10000;
            all.appendCodePoint(allowed ? c : 0xFFFD);
        });
        return all.toString();
    }
}
