package io.kubeguardian.runtimepolicy;

import io.kubeguardian.baseline.ItemKind;
import io.kubeguardian.baseline.observe.ArgumentShape;
import io.kubeguardian.baseline.observe.Shape;
import io.kubeguardian.schema.AllowedProgram;
import io.kubeguardian.schema.RuntimePolicyRecord;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One runtime policy, compiled: what it says of an item as baselines name it (docs/baselines.md). What a person wrote
 * literally is known by its shape, as what is observed is.
 */
final class AllowedBehaviour {
    private static final int EPHEMERAL = 32_768;

    private static final class Program {
        /** Null: any. */
        private PathPatterns<Boolean> parents = new PathPatterns<>();
        private Set<String> arguments = new HashSet<>();
    }

    private final RuntimePolicyRecord policy;
    private final PathPatterns<Program> programs = new PathPatterns<>();
    /** By access. */
    private final Map<String, PathPatterns<Boolean>> files;
    private final Destinations destinations;
    private final DomainPatterns<Boolean> names = new DomainPatterns<>();
    private final Set<String> listen = new HashSet<>();
    private final Set<String> users = new HashSet<>();
    private final Set<String> capabilities;
    private final Set<String> calls;

    /** @param policy that passes {@link io.kubeguardian.schema.RuntimePolicyCheck} */
    AllowedBehaviour(RuntimePolicyRecord policy) {
        this.policy = policy;
        ArgumentShape arguments = new ArgumentShape();
        policy.getPrograms().forEach(program -> add(program, arguments));
        files = new HashMap<>(Map.of("read", paths(policy.getRead()), "list", paths(policy.getList()),
                "write", paths(policy.getWrite()), "change", paths(policy.getChange())));
        destinations = new Destinations(policy.getDestinations());
        Shape shape = new Shape();
        policy.getDnsNames().forEach(name -> names.put(shape.domain(name).toString(), () -> true));
        policy.getListen().forEach(port -> listen.add(listen(port)));
        policy.getUsers().forEach(user -> users.add(Integer.toString(user.intValue()))); // as the sensor counts
        capabilities = new HashSet<>(policy.getCapabilities());
        calls = new HashSet<>(policy.getSyscalls());
    }

    private void add(AllowedProgram allowed, ArgumentShape shape) {
        Program program = programs.put(allowed.getPath(), Program::new);
        if (allowed.getParents().isEmpty()) {
            program.parents = null;
        } else if (program.parents != null) {
            allowed.getParents().forEach(parent -> program.parents.put(parent, () -> true));
        }
        if (allowed.getArguments().isEmpty()) {
            program.arguments = null;
        } else if (program.arguments != null) {
            for (String arguments : allowed.getArguments()) {
                program.arguments.add(arguments);
                program.arguments.add(shape.written(arguments));
            }
        }
    }

    private static PathPatterns<Boolean> paths(List<String> written) {
        PathPatterns<Boolean> paths = new PathPatterns<>();
        written.forEach(path -> paths.put(path, () -> true));
        return paths;
    }

    private static String listen(String port) {
        int slash = port.indexOf('/');
        boolean ephemeral = !port.startsWith("ephemeral") && (Integer.parseInt(port, 0, slash, 10) >= EPHEMERAL
                || Integer.parseInt(port, 0, slash, 10) == 0);
        return ephemeral ? "ephemeral" + port.substring(slash) : port;
    }

    RuntimePolicyRecord policy() {
        return policy;
    }

    /** Whether it says something of how a program is run. */
    boolean lists(String program) {
        return programs.find(program) != null;
    }

    boolean allows(ItemKind kind, String item, String alternative, String program) {
        return switch (kind) {
            case EXEC -> lists(item);
            case PARENT -> {
                Program known = programs.find(program);
                int end = item.length() - program.length() - " > ".length();
                yield known != null
                        && (known.parents == null || end >= 0 && known.parents.find(item.substring(0, end)) != null);
            }
            case ARGS -> {
                Program known = programs.find(program);
                String arguments = item.length() <= program.length() ? "" : item.substring(program.length() + 1);
                yield known != null && (known.arguments == null || known.arguments.contains(arguments));
            }
            case FILE -> {
                int blank = item.indexOf(' ');
                PathPatterns<Boolean> paths = files.get(item.substring(0, Math.max(0, blank)));
                yield paths != null && paths.find(item.substring(blank + 1)) != null;
            }
            case CONNECT -> destinations.allow(item, alternative);
            case LISTEN -> listen.contains(item);
            case DNS -> names.any(item, known -> true);
            case USER -> users.contains(item);
            case CAPABILITY -> capabilities.contains(item);
            case SYSCALL -> calls.contains(item);
            case RATE -> true;
        };
    }
}
