package io.kubeguardian.policy;

import java.util.List;

/**
 * What is to be known about a check.
 *
 * @param id stable across releases
 * @param title what is wrong, in a few words
 * @param severity how bad it is
 * @param why the end of a sentence: what can happen because of it
 * @param remedy one sentence: what to do
 * @param controls the controls that it answers
 */
public record CheckInfo(
        String id, String title, Severity severity, String why, String remedy, List<Control> controls) {
    public CheckInfo {
        controls = List.copyOf(controls);
    }
}
