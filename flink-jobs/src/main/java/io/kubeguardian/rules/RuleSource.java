package io.kubeguardian.rules;

import java.io.Serializable;

/**
 * The content of one rule file; travels with a job to where its rules are compiled.
 *
 * @param name what errors call it, usually its path
 * @param content UTF-8 text; not to be changed afterwards
 */
public record RuleSource(String name, byte[] content) implements Serializable {}
