package io.kubeguardian.rules;

/**
 * The content of one rule file.
 *
 * @param name what errors call it, usually its path
 * @param content UTF-8 text; not to be changed afterwards
 */
public record RuleSource(String name, byte[] content) {}
