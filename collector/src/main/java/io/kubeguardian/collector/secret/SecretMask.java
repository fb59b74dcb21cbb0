package io.kubeguardian.collector.secret;

import io.kubeguardian.collector.secret.SecretNames.Kind;
import java.util.List;

/**
 * Masks what looks like a secret on a command line: the value of an option or variable that is named like one, the
 * password in a URL, and tokens whose form says what they are. What is left says that something was there, and what it
 * was called. docs/secrets.md lists the forms. The time it takes grows with the length of the input and no faster.
 */
public final class SecretMask {
    /** In place of what was masked. */
    public static final String MASK = "***";

    /** What the option before announced the argument to be. */
    private enum Next { ANYTHING, VALUE, USER_AND_SECRET, SCRIPT, HEADER }

    private Next next = Next.ANYTHING;
    private Kind nextKind = Kind.NONE;
    private PasswordOptions program = PasswordOptions.NONE;

    private SecretMask() {}

    /** Masks in an argument vector, in place. @return whether anything was masked */
    public static boolean arguments(List<String> args) {
        SecretMask mask = new SecretMask();
        boolean masked = false;
        for (int i = 0; i < args.size(); i++) {
            String given = args.get(i);
            String shown = i == 0 ? mask.program(given) : mask.argument(given);
            if (!shown.equals(given)) {
                args.set(i, shown);
                masked = true;
            }
        }
        return masked;
    }

    /** Masks in variables, each NAME=value, in place. @return whether anything was masked */
    public static boolean variables(List<String> variables) {
        boolean masked = false;
        for (int i = 0; i < variables.size(); i++) {
            String given = variables.get(i);
            String shown = new SecretText(given, false).assignment().mask();
            if (!shown.equals(given)) {
                variables.set(i, shown);
                masked = true;
            }
        }
        return masked;
    }

    /** The text with what it contains masked. */
    public static String text(String text) {
        return new SecretText(text, false).mask();
    }

    /** The value of something of this name, as it may be shown. */
    public static String value(String name, String value) {
        String shown = new SecretText(name + '=' + value, false).assignment().mask();
        return shown.startsWith(name + '=') ? shown.substring(name.length() + 1) : MASK;
    }

    /**
     * The data of mount(2) with the values masked of options that are named like a secret: NAME=VALUE, separated by commas.
     * A comma within a value is written twice (fs/smb/client/fs_context.c).
     */
    public static String mountOptions(String options) {
        StringBuilder shown = new StringBuilder(options.length());
        for (int start = 0; start <= options.length();) {
            int end = start;
            while (end < options.length() && (options.charAt(end) != ',' || options.startsWith(",,", end))) {
                end += options.charAt(end) == ',' ? 2 : 1;
            }
            String option = options.substring(start, end);
            shown.append(start == 0 ? "" : ",").append(new SecretText(option, false).assignment().mask());
            start = end + 1;
        }
        return shown.toString();
    }

    private String program(String argument) {
        program = PasswordOptions.of(argument.substring(argument.lastIndexOf('/') + 1));
        return new SecretText(argument, false).mask();
    }

    private String argument(String argument) {
        Next announced = next;
        next = Next.ANYTHING;
        return switch (announced) {
            case VALUE -> argument.startsWith("-") ? ordinary(argument) : value(argument);
            case USER_AND_SECRET -> program.afterUser(argument);
            case SCRIPT -> new SecretText(argument, true).mask();
            case HEADER -> new SecretText(argument, false).header().mask();
            case ANYTHING -> ordinary(argument);
        };
    }

    private String value(String argument) {
        String shown = nextKind.value(argument);
        return shown.equals(argument) ? ordinary(argument) : shown;
    }

    private String ordinary(String argument) {
        if (argument.startsWith("-") && argument.length() > 1) {
            return option(argument);
        }
        program = program.after(argument);
        return new SecretText(argument, false).assignment().mask();
    }

    private String option(String argument) {
        String glued = program.glued(argument);
        if (glued != null) {
            return glued;
        }
        if (argument.indexOf('=') > 0 || argument.indexOf(' ') > 0) {
            return new SecretText(argument, false).assignment().mask();
        }
        nextKind = program.secretFollows(argument) ? Kind.SECRET : SecretNames.of(argument, 0, argument.length());
        if (nextKind != Kind.NONE) {
            next = Next.VALUE;
        } else if (program.userFollows(argument)) {
            next = Next.USER_AND_SECRET;
        } else if (argument.equals("-H") || argument.equals("--header")) {
            next = Next.HEADER;
        } else if (isScriptOption(argument)) {
            next = Next.SCRIPT;
        }
        return new SecretText(argument, false).mask();
    }

    /** As sh, su, python and many more have it: -c, also with others before it (-lc). */
    private static boolean isScriptOption(String argument) {
        return argument.length() <= 5 && argument.charAt(1) != '-' && argument.endsWith("c");
    }
}
