package io.kubeguardian.baseline.observe;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The shape of a program's arguments: options as they are, sub-commands as they are, values by what they look like. One
 * item stands for all calls of the same kind, and a call of another kind ({@code python3 -c}) is another item.
 */
public final class ArgumentShape {
    private static final int MAX_ARGS = 16;
    private static final int MAX_CHARS = 256;
    private static final int MAX_WORD = 24;
    private static final Set<String> PLACEHOLDERS = Set.of("<s>", "<n>", "<path>", "<url>");

    private final Shape shape = new Shape();

    /** @param args argv[0] first */
    String of(String program, List<String> args) {
        StringBuilder out = new StringBuilder(program);
        String last = "";
        for (int i = 1; i < args.size() && i <= MAX_ARGS; i++) {
            String next = value(args.get(i), i == 1);
            if (!next.equals(last) || next.charAt(0) != '<') { // any number of files is one
                out.append(' ').append(next);
            }
            last = next;
        }
        if (args.size() > MAX_ARGS + 1) {
            out.append(" …");
        }
        return out.length() <= MAX_CHARS ? out.toString() : out.substring(0, MAX_CHARS) + '…';
    }

    /** The same of arguments, without the program, that a person wrote: literally, as shapes, or mixed. */
    public String written(String arguments) {
        List<String> args = new ArrayList<>(List.of(""));
        args.addAll(List.of(arguments.strip().split(" +")));
        return arguments.isBlank() ? "" : of("", args).strip();
    }

    private String value(String arg, boolean first) {
        if (arg.startsWith("<") && PLACEHOLDERS.contains(arg)) {
            return arg; // a shape that a person wrote; a program that is called so has only that shape to lose
        }
        if (arg.isEmpty()) {
            return "<s>";
        }
        if (arg.charAt(0) == '-' && arg.length() > 1) {
            int equals = arg.indexOf('=');
            if (equals > 0) {
                return option(arg.substring(0, equals)) + '=' + value(arg.substring(equals + 1), false);
            }
            return option(arg);
        }
        if (arg.charAt(0) == '/' || arg.startsWith("./") || arg.startsWith("../")) {
            return "<path>";
        }
        if (arg.contains("://")) {
            return "<url>";
        }
        boolean number = true;
        boolean word = arg.length() <= MAX_WORD;
        for (int i = 0; i < arg.length() && (number || word); i++) {
            char c = arg.charAt(i);
            number &= c >= '0' && c <= '9' || c == '.' || c == ':';
            word &= c >= 'a' && c <= 'z' || c == '-' || c == '_';
        }
        return number ? "<n>" : word && first ? arg : "<s>";
    }

    /** -O2, --port8080: the digits of an option are its value. */
    private String option(String option) {
        return shape.name(option.length() <= 64 ? option : option.substring(0, 64)).toString();
    }
}
