package io.kubeguardian.rules.field;

import io.kubeguardian.rules.EventType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The text of docs/falco-fields.md: the field table itself, with what a person wants to know beside it. */
final class FieldsPage {
    private static final String HEAD = """
            # Falco's fields

            Generated from the field table: do not edit. `mvn test -pl flink-jobs -am -Dtest=FieldsPageTest
            -Dsurefire.failIfNoSpecifiedTests=false -Dkubeguardian.docs.write=true` writes it anew.

            What a field means is in [Falco's own reference](https://falco.org/docs/reference/rules/supported-fields/); notes say
            where ours differs. **from** names the events in which a field can have a value; which system calls each stands for is
            in the last table of this page.
            In other events, and for a field without a sensor, every comparison is false (and its negation true), and an output
            shows `<NA>`. `rules list` says of each rule which fields it lacks. A field that is not on this page is an error in a
            rule.
            """;

    private static final String USER_NAMES = "`root`, `mail` (8), `nobody` (65534), which are the same in Debian, Alpine and"
            + " Fedora; else `<NA>`: names are the container's own business";

    private static final Map<String, String> NOTES = Map.ofEntries(
            Map.entry("container.id", "12 digits; `host` outside any container"),
            Map.entry("container.name", "the name in the pod's spec; `host` outside any container"),
            Map.entry("evt.arg", "`evt.arg[x]` is `evt.arg.x`"),
            Map.entry("evt.arg.filename", "the path that was run, resolved"),
            Map.entry("evt.dir", "always `<`: calls are seen when they return"),
            Map.entry("evt.hostname", "the node's name"),
            Map.entry("evt.time", "UTC"),
            Map.entry("evt.time.s", "UTC"),
            Map.entry("evt.datetime", "UTC"),
            Map.entry("fd.ip", "the other end alone"),
            Map.entry("fd.net", "the other end alone"),
            Map.entry("fd.port", "the other end alone"),
            Map.entry("fd.num", "-1 for a file that could not be opened; why is in `evt.res`"),
            Map.entry("fd.is_server", "of accept, bind and listen"),
            Map.entry("fd.name", "where a socket's own end is not known: `0.0.0.0:0->10.0.0.5:443`"),
            Map.entry("fd.sip.name", "the name that the pod itself asked DNS for to get the address"),
            Map.entry("fd.type", "of an open: `file` or `directory`; of a dup: what was copied"),
            Map.entry("evt.type", "open, exec and fork events do not say which of their calls it was: outputs show `openat`,"
                    + " `execve`, `clone`; a comparison with any name of the kind is true, with `creat` when the flags are"
                    + " those of creat(2)"),
            Map.entry("evt.arg.target", "as the link says it"),
            Map.entry("proc.env", "of the names that `collector.environment` lists"),
            Map.entry("proc.sname", "when the session's leader is an ancestor in the pod"),
            Map.entry("proc.duration", "since its fork, or its first exec where that was not seen; none of what ran before the"
                    + " sensor"),
            Map.entry("user.loginname", USER_NAMES),
            Map.entry("group.name", "`root`, else `<NA>`: names are the container's own business"),
            Map.entry("k8s.pod.label", "`k8s.pod.label[app]`, `k8s.pod.label.app`"),
            Map.entry("proc.aname", "ancestors in the pod, which survive a restart of the job; without an index any of them, parent first"),
            Map.entry("proc.name", "the kernel's comm: at most 15 bytes"),
            Map.entry("user.name", USER_NAMES));

    /** Why a field has no value yet, by pattern; the first that matches. */
    private static final Map<String, String> REASONS = new LinkedHashMap<>();

    static {
        REASONS.put("evt\\.is_open_create",
                "the sensor does not see whether the file was there before; `evt.arg.flags contains O_CREAT`");
        REASONS.put("evt\\.(is_io.*|io_dir|buffer|buflen.*|is_syslog)", "no sensor for read, write, send and receive");
        REASONS.put("evt\\.rawarg", "arguments are `evt.arg.NAME`");
        REASONS.put("evt\\.(pluginname|plugininfo|source|is_async|asynctype)", "there are no plugins");
        REASONS.put("evt\\..*|syscall\\.type", "a property of Falco's own event stream, which events from a topic do not have");
        REASONS.put("fd\\.(.?proto)", "the protocol of an application is not known; `fd.l4proto` is");
        REASONS.put("fd\\..*", "the sensor reports path, type, flags and result of an open, nothing else of the file");
        REASONS.put("proc\\.is_container_.*|container\\.(healthcheck|liveness_probe|readiness_probe)",
                "pod metadata does not carry probes");
        REASONS.put("proc\\.(nchilds|nthreads|fd.*|vm.*|thread\\.cpu)|thread\\.(cpu|exectime|pf.*|totalexectime)",
                "a measurement of the running process; the collector reads none");
        REASONS.put("proc\\.pidns_init_start_ts", "not derived yet");
        REASONS.put("proc\\..*|thread\\.cgroups?", "the exec sensor does not report it");
        REASONS.put("thread\\..*", "events name the process, not the thread");
        REASONS.put("user\\..*", "from the container's own /etc/passwd, which is not read");
        REASONS.put("container\\..*", "pod metadata carries name, image, digest, start and whether it is privileged");
        REASONS.put("k8s\\..*", "pod metadata carries namespace, name, labels and owner of the pod alone");
    }

    private FieldsPage() {}

    static String text() {
        Map<String, List<String>> rows = new TreeMap<>();
        int supported = 0;
        List<Field> fields = fields();
        for (Field field : fields) {
            supported += field.isSourced() ? 1 : 0;
            rows.computeIfAbsent(field.name().substring(0, field.name().indexOf('.')), group -> new ArrayList<>())
                    .add(row(field));
        }
        StringBuilder page = new StringBuilder(HEAD);
        page.append("\n").append(supported).append(" of ").append(fields.size()).append(" fields have a sensor.\n");
        rows.forEach((group, lines) -> {
            page.append("\n## ").append(group).append("\n\n| field | supported | from | note |\n|---|---|---|---|\n");
            lines.forEach(page::append);
        });
        page.append("\n## Events\n\n| event | system calls |\n|---|---|\n");
        for (EventType type : EventType.values()) {
            page.append("| ").append(type.name().toLowerCase(java.util.Locale.ROOT)).append(" | `")
                    .append(String.join("`, `", EventNames.of(type))).append("` |\n");
        }
        return page.toString();
    }

    static List<Field> fields() {
        Map<String, Field> fields = new TreeMap<>();
        FieldTable.standard().all().forEach(field -> fields.put(field.name(), field));
        return List.copyOf(fields.values());
    }

    /** Patterns that no field without a sensor needs any more. */
    static List<String> idleReasons() {
        Set<String> used = fields().stream().filter(field -> !field.isSourced()).map(field -> pattern(field.name()))
                .collect(Collectors.toSet());
        return REASONS.keySet().stream().filter(pattern -> !used.contains(pattern)).toList();
    }

    /** Notes of fields that are not supported (any more). */
    static List<String> idleNotes() {
        return NOTES.keySet().stream().filter(name -> {
            Field field = FieldTable.standard().find(name);
            return field == null || !field.isSourced();
        }).toList();
    }

    private static String row(Field field) {
        String argument = switch (field.argument()) {
            case NONE -> "";
            case OPTIONAL -> field.isSourced() ? "`, `" + field.name() + "[n]" : "";
            case REQUIRED -> "[…]";
        };
        String note = field.isSourced() ? NOTES.getOrDefault(field.name(), "") : REASONS.get(pattern(field.name()));
        return "| `" + field.name() + argument + "` | " + (field.isSourced() ? "yes" : "no") + " | " + from(field)
                + " | " + note + " |\n";
    }

    private static String from(Field field) {
        if (field.types().size() == EventType.values().length) {
            return "every event";
        }
        return field.types().stream().sorted().map(type -> type.name().toLowerCase(java.util.Locale.ROOT))
                .collect(Collectors.joining(", "));
    }

    private static String pattern(String name) {
        return REASONS.keySet().stream().filter(name::matches).findFirst()
                .orElseThrow(() -> new AssertionError("say in FieldsPage.REASONS why " + name + " has no sensor"));
    }
}
