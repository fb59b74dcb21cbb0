package io.kubeguardian.cli.profile;

/** @param by who says it; why */
record Word(String by, String reason) {}
