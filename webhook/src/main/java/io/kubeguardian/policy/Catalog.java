package io.kubeguardian.policy;

import io.kubeguardian.policy.manifest.ManifestReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What is to be known about the built-in checks and the controls that they answer: {@code checks.yaml}, {@code frameworks.yaml}. */
public final class Catalog {
    private static final Map<String, Control> CONTROLS = controls();
    private static final Map<String, CheckInfo> CHECKS = checks();

    private Catalog() {}

    /** By id, in the order of the file. */
    public static Map<String, CheckInfo> checksById() {
        return CHECKS;
    }

    /** @throws IllegalArgumentException when there is none of this id */
    public static CheckInfo check(String id) {
        CheckInfo info = CHECKS.get(id);
        if (info == null) {
            throw new IllegalArgumentException("checks.yaml has no check " + id);
        }
        return info;
    }

    /** What a framework asks for, in its order; of Pod Security Standards, restricted includes baseline. */
    public static List<Control> controls(Framework framework) {
        List<Control> controls = new ArrayList<>();
        for (Control control : CONTROLS.values()) {
            if (control.framework() == framework
                    || framework == Framework.PSS_RESTRICTED && control.framework() == Framework.PSS_BASELINE) {
                controls.add(control);
            }
        }
        return controls;
    }

    private static Map<String, Control> controls() {
        Map<String, Control> controls = new LinkedHashMap<>();
        Node root = read("frameworks.yaml");
        for (int i = 0; i < root.size(); i++) {
            Framework framework = Framework.byId(root.name(i)).orElseThrow();
            for (Node entry : root.at(i)) {
                String since = entry.get("since").scalarText();
                Control control = new Control(framework, entry.get("id").scalarText(), entry.get("title").text(),
                        since.isEmpty() ? 0 : Integer.parseInt(since));
                controls.put(control.key(), control);
            }
        }
        return controls;
    }

    private static Map<String, CheckInfo> checks() {
        Map<String, CheckInfo> checks = new LinkedHashMap<>();
        for (Node entry : read("checks.yaml")) {
            List<Control> controls = new ArrayList<>();
            for (String key : entry.get("controls").strings()) {
                Control control = CONTROLS.get(key);
                if (control == null) {
                    throw new IllegalStateException("frameworks.yaml has no control " + key);
                }
                controls.add(control);
            }
            CheckInfo info = new CheckInfo(entry.get("id").text(), entry.get("title").text(),
                    Severity.valueOf(entry.get("severity").text().toUpperCase(Locale.ROOT)), entry.get("why").text(),
                    entry.get("remedy").text(), controls);
            checks.put(info.id(), info);
        }
        return checks;
    }

    private static Node read(String resource) {
        try (InputStream in = Catalog.class.getResourceAsStream(resource)) {
            ManifestReader.Content content = new ManifestReader().read(in.readAllBytes());
            if (!content.problems().isEmpty()) {
                throw new IllegalStateException(resource + ": " + content.problems());
            }
            return content.documents().getFirst().root();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
