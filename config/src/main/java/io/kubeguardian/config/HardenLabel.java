package io.kubeguardian.config;

/** What a namespace's label {@code kubeguardian.io/harden} may change of what {@code admission.harden} says. */
public enum HardenLabel {
    IGNORE,
    /** More is filled in there, never less. */
    STRENGTHEN,
    /** Less, too: whoever may label a namespace decides. */
    ANY
}
