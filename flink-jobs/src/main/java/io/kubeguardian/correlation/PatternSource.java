package io.kubeguardian.correlation;

import java.io.Serializable;

/**
 * A pattern file.
 *
 * @param name what errors call it, usually its path
 */
public record PatternSource(String name, String text) implements Serializable {
    private static final long serialVersionUID = 1L;
}
