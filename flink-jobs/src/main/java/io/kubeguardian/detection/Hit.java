package io.kubeguardian.detection;

import io.kubeguardian.schema.Priority;
import java.util.List;
import java.util.Map;

/**
 * A rule matched an event.
 *
 * @param tags as the rule has them
 * @param techniques ATT&CK technique ids (T1059.004, …)
 * @param output the rule's output, rendered
 * @param outputFields the fields named in it
 */
public record Hit(
        String rule, Priority priority, List<String> tags, List<String> techniques, String output,
        Map<String, String> outputFields) {}
