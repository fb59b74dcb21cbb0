package io.kubeguardian.rules.syntax;

/**
 * A position that a person can look up.
 *
 * @param line from 1
 * @param column from 1
 */
public record Location(String file, int line, int column) {
    @Override
    public String toString() {
        return file + ":" + line + ":" + column;
    }
}
