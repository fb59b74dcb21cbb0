package io.kubeguardian.rules;

import io.kubeguardian.schema.Priority;
import java.util.List;
import java.util.Set;

/**
 * A rule as its author declared it.
 *
 * @param tags as declared
 * @param techniques ATT&amp;CK technique ids among the tags (T1059, T1059.004)
 * @param enabled false: known, never evaluated
 * @param eventTypes kinds of events that can make it fire; empty when no sensor provides any
 * @param unsourcedFields fields of its condition that no sensor provides yet: comparisons with them are false
 */
public record Rule(
        String name,
        String desc,
        Priority priority,
        List<String> tags,
        List<String> techniques,
        boolean enabled,
        Set<EventType> eventTypes,
        Set<String> unsourcedFields) {}
