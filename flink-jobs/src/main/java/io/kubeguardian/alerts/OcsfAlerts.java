package io.kubeguardian.alerts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.DecisionState;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.PodRef;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.ProcessRef;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import io.kubeguardian.schema.Verdict;
import io.kubeguardian.schema.WorkloadRef;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * Alerts as JSON. Format: OCSF 1.4 class Detection Finding (class_uid 2004); what OCSF has no place for is in
 * {@code unmapped}, with the keys of Falco's JSON output (rule, priority, output, output_fields, tags, hostname,
 * source, time), so that existing consumers of either find theirs.
 */
public final class OcsfAlerts {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CLASS = 2004;
    private static final int CATEGORY = 2;
    private static final int CREATE = 1;
    private static final int UPDATE = 2;
    private static final int CLOSE = 3;
    private static final int STATUS_NEW = 1;
    private static final int STATUS_OTHER = 99;
    private static final int ANALYTIC_RULE = 1;
    private static final int ANALYTIC_BEHAVIOURAL = 2;
    private static final int FILE_REGULAR = 1;

    private OcsfAlerts() {}

    public static Alert of(Signal signal) {
        ObjectNode root = finding(signal.getId(), signal.getRule(), signal.getOutput(), signal.getPriority(),
                signal.getEventTime(), signal.getDetectedTime(), signal.getTechniques());
        ObjectNode analytic = ((ObjectNode) root.get("finding_info")).putObject("analytic");
        analytic.put("name", signal.getRule());
        analytic.put("type_id", signal.getKind() == SignalKind.DRIFT ? ANALYTIC_BEHAVIOURAL : ANALYTIC_RULE);
        evidence(root.putArray("evidences"), signal);
        resources(root, signal.getWorkload(), signal.getPod(), signal.getContainerId(), signal.getImage());
        ObjectNode unmapped = falco(root, signal.getRule(), signal.getPriority(), signal.getOutput(),
                signal.getEventTime(), signal.getPod());
        ObjectNode fields = unmapped.putObject("output_fields");
        signal.getOutputFields().forEach(fields::put);
        signal.getTags().forEach(unmapped.putArray("tags")::add);
        unmapped.put("kind", signal.getKind().name());
        if (!signal.getOrigin().isEmpty()) {
            unmapped.put("origin", signal.getOrigin());
            unmapped.put("source", signal.getUnmapped().getOrDefault("source", ""));
            ObjectNode foreign = unmapped.putObject("foreign");
            signal.getUnmapped().forEach(foreign::put);
        }
        completeness(unmapped, signal.getCompleteness());
        return alert(Keys.workload(signal.getWorkload()), root);
    }

    public static Alert of(Incident incident) {
        List<Signal> signals = incident.getSignals();
        Signal last = signals.get(signals.size() - 1);
        ObjectNode root = finding(incident.getId(), incident.getTitle(), incident.getDescription(),
                incident.getPriority(), incident.getLastEventTime(), incident.getDetectedTime(),
                incident.getTechniques());
        activity(root, incident);
        ObjectNode info = (ObjectNode) root.get("finding_info");
        info.put("first_seen_time", millis(incident.getFirstEventTime()));
        info.put("last_seen_time", millis(incident.getLastEventTime()));
        ObjectNode analytic = info.putObject("analytic");
        analytic.put("name", incident.getPattern());
        analytic.put("type_id", ANALYTIC_RULE);
        ArrayNode related = info.putArray("related_events");
        ArrayNode evidences = root.putArray("evidences");
        for (Signal signal : signals) {
            ObjectNode event = related.addObject();
            event.put("uid", signal.getId());
            event.put("type_uid", CLASS * 100 + CREATE);
            event.put("title", signal.getRule());
            evidence(evidences, signal);
        }
        resources(root, incident.getWorkload(), incident.getPod(), last.getContainerId(), last.getImage());
        ObjectNode unmapped = falco(root, incident.getTitle(), incident.getPriority(),
                incident.getTitle() + ": " + incident.getDescription(), incident.getLastEventTime(),
                incident.getPod());
        unmapped.putObject("output_fields");
        incident.getTechniques().forEach(unmapped.putArray("tags")::add);
        unmapped.put("kind", "INCIDENT");
        unmapped.put("state", incident.getState().name());
        unmapped.put("revision", incident.getRevision());
        unmapped.put("entity", incident.getEntity());
        incident.getPatterns().forEach(unmapped.putArray("patterns")::add);
        incident.getAttackPath().forEach(step -> unmapped.withArray("attack_path").add(step.getTactic()));
        unmapped.put("signals_omitted", incident.getSignalsOmitted());
        completeness(unmapped, incident.getCompleteness());
        return alert(Keys.workload(incident.getWorkload()), root);
    }

    /** One finding, told again as it grows: its uid stays, the record's own is another each time. */
    private static void activity(ObjectNode root, Incident incident) {
        int activity = switch (incident.getState()) {
            case OPEN -> CREATE;
            case UPDATED -> UPDATE;
            case CLOSED -> CLOSE;
        };
        root.put("activity_id", activity);
        root.put("type_uid", CLASS * 100 + activity);
        if (activity != CREATE) {
            ((ObjectNode) root.get("metadata")).put("uid", incident.getId() + '/' + incident.getRevision());
            ((ObjectNode) root.get("finding_info")).put("modified_time", millis(incident.getUpdatedTime()));
        }
        if (activity == CLOSE) {
            root.put("status_id", STATUS_OTHER); // nobody has resolved it: nothing more was seen
            root.put("status", "Quiet");
        }
    }

    /** Whether people are told of a step of a decision: it waits for one, or is nothing else than to tell. */
    public static boolean isFor(Decision decision) {
        return decision.getState() == DecisionState.PENDING || decision.getState() == DecisionState.HELD
                || decision.getVerdict() == Verdict.ALERT && decision.getState() == DecisionState.IN_FORCE;
    }

    public static Alert of(Decision decision) {
        boolean waits = decision.getVerdict() != Verdict.ALERT;
        String title = waits ? decision.getVerdict() + " waits for approval" : "Risk over the policy's threshold";
        String message = decision.getReason() + (decision.getNote().isEmpty() ? "" : " - " + decision.getNote())
                + (waits ? "; kubeguardian decisions approve " + decision.getId() : "");
        Priority priority = waits ? Priority.CRITICAL : Priority.WARNING;
        ObjectNode root = finding(decision.getId(), title, message, priority, decision.getEventTime(),
                decision.getIssuedTime(), List.of());
        ObjectNode analytic = ((ObjectNode) root.get("finding_info")).putObject("analytic");
        analytic.put("name", "policy: " + decision.getPolicy());
        analytic.put("type_id", ANALYTIC_RULE);
        PodRef pod = new PodRef(decision.getPodUid(), decision.getWorkload().getNamespace(), "", decision.getNode(), true);
        resources(root, decision.getWorkload(), pod, decision.getContainerId(), "");
        ObjectNode unmapped = falco(root, title, priority, message, decision.getEventTime(), pod);
        unmapped.putObject("output_fields").put("kubeguardian.risk", decision.getScore());
        unmapped.putArray("tags");
        unmapped.put("kind", "DECISION");
        unmapped.put("state", decision.getState().name());
        return alert(Keys.workload(decision.getWorkload()), root);
    }

    private static ObjectNode finding(
            String id, String title, String message, Priority priority, long eventTime, long detectedTime,
            List<String> techniques) {
        ObjectNode root = JSON.createObjectNode();
        ObjectNode metadata = root.putObject("metadata");
        metadata.put("version", "1.4.0");
        metadata.put("uid", id); // what related_events of an incident refer to
        ObjectNode product = metadata.putObject("product");
        product.put("name", "KubeGuardian");
        product.put("vendor_name", "KubeGuardian");
        root.put("category_uid", CATEGORY);
        root.put("class_uid", CLASS);
        root.put("activity_id", CREATE);
        root.put("type_uid", CLASS * 100 + CREATE);
        root.put("time", millis(eventTime));
        root.put("severity_id", severity(priority));
        root.put("status_id", STATUS_NEW);
        root.put("is_alert", true);
        root.put("message", message);
        ObjectNode info = root.putObject("finding_info");
        info.put("uid", id);
        info.put("title", title);
        info.put("desc", message);
        info.put("created_time", millis(detectedTime));
        ArrayNode attacks = info.putArray("attacks");
        for (String technique : techniques) {
            ObjectNode attack = attacks.addObject();
            int dot = technique.indexOf('.');
            attack.putObject("technique").put("uid", dot < 0 ? technique : technique.substring(0, dot));
            if (dot >= 0) {
                attack.putObject("sub_technique").put("uid", technique);
            }
        }
        return root;
    }

    /** OCSF severity_id: 1 informational, 2 low, 3 medium, 4 high, 5 critical, 6 fatal. */
    static int severity(Priority priority) {
        return switch (priority) {
            case EMERGENCY -> 6;
            case ALERT, CRITICAL -> 5;
            case ERROR -> 4;
            case WARNING -> 3;
            case NOTICE -> 2;
            case INFORMATIONAL, DEBUG -> 1;
        };
    }

    private static void evidence(ArrayNode evidences, Signal signal) {
        if (signal.getProcess() == null) {
            return;
        }
        ObjectNode evidence = evidences.addObject();
        ObjectNode data = evidence.putObject("data");
        data.put("rule", signal.getRule());
        data.put("output", signal.getOutput());
        data.put("time", millis(signal.getEventTime()));
        ObjectNode process = process(evidence, "process", signal.getProcess());
        for (ProcessRef ancestor : signal.getAncestors()) {
            process = process(process, "parent_process", ancestor);
        }
    }

    private static ObjectNode process(ObjectNode in, String key, ProcessRef process) {
        ObjectNode node = in.putObject(key);
        node.put("pid", process.getPid());
        // Unique where a pid is not: Flink's tree and the collector know the process by the same three parts.
        node.put("uid", process.getBootId() + '/' + process.getPid() + '/' + process.getStartTime());
        node.put("name", process.getName());
        node.put("cmd_line", String.join(" ", process.getArgs()));
        if (!process.getExe().isEmpty()) {
            ObjectNode file = node.putObject("file");
            file.put("name", process.getExe().substring(process.getExe().lastIndexOf('/') + 1));
            file.put("path", process.getExe());
            file.put("type_id", FILE_REGULAR);
        }
        node.putObject("user").put("uid", Integer.toString(process.getUid()));
        return node;
    }

    private static void resources(
            ObjectNode root, WorkloadRef workload, PodRef pod, String containerId, String image) {
        ArrayNode resources = root.putArray("resources");
        resource(resources, workload.getKind(), "", workload.getName(), workload.getNamespace())
                .put("cluster", workload.getCluster());
        if (!pod.getUid().isEmpty() && !(workload.getKind().equals("Pod") && pod.getName().isEmpty())) {
            resource(resources, "Pod", pod.getUid(), pod.getName(), pod.getNamespace())
                    .put("resolved", pod.getResolved());
        }
        if (!containerId.isEmpty()) {
            resource(resources, "Container", containerId, image, pod.getNamespace());
        }
    }

    /** The resource's data object, for what OCSF has no key for. */
    private static ObjectNode resource(
            ArrayNode resources, String type, String uid, String name, String namespace) {
        ObjectNode resource = resources.addObject();
        resource.put("type", type);
        if (!uid.isEmpty()) {
            resource.put("uid", uid);
        }
        resource.put("name", name);
        if (!namespace.isEmpty()) {
            resource.put("namespace", namespace);
        }
        return resource.putObject("data");
    }

    private static ObjectNode falco(
            ObjectNode root, String rule, Priority priority, String output, long eventTime, PodRef pod) {
        ObjectNode unmapped = root.putObject("unmapped");
        unmapped.put("rule", rule);
        String name = priority.name();
        unmapped.put("priority", name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT));
        unmapped.put("output", output);
        unmapped.put("hostname", pod.getNode());
        unmapped.put("source", "syscall");
        unmapped.put("time", Instant.ofEpochSecond(eventTime / 1_000_000_000L, eventTime % 1_000_000_000L).toString());
        return unmapped;
    }

    private static void completeness(ObjectNode unmapped, Completeness completeness) {
        ObjectNode node = unmapped.putObject("completeness");
        node.put("complete", completeness.getComplete());
        node.put("lost_events", completeness.getLostEvents());
        node.put("missing_batches", completeness.getMissingBatches());
    }

    private static long millis(long nanos) {
        return nanos / 1_000_000;
    }

    private static Alert alert(String key, ObjectNode root) {
        try {
            return new Alert(key, JSON.writeValueAsBytes(root));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain nodes can always be written", e);
        }
    }
}
