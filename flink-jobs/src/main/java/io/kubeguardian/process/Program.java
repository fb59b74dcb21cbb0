package io.kubeguardian.process;

import io.kubeguardian.schema.Exec;
import java.util.List;

/**
 * What an exec tells of the process from then on.
 *
 * @param raw the event, for what is not text; its indexes are not looked at
 * @param args the argument vector
 * @param environment NAME=value
 */
public record Program(Exec raw, String exe, List<String> args, String cwd, List<String> environment) {}
