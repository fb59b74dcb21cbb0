package io.kubeguardian.correlation;

import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Which signals an entry of a pattern's rules stands for.
 *
 * @param names rules by their whole name
 * @param globs rules by a name in which an asterisk stands for any characters
 * @param kinds kinds of signals, whatever their rule
 */
record SignalSelector(Set<String> names, List<String> globs, Set<SignalKind> kinds) implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final String KIND = "kind:";

    SignalSelector {
        names = Set.copyOf(names);
        globs = List.copyOf(globs);
        kinds = Set.copyOf(kinds);
    }

    /**
     * A rule's name, a name with asterisks, or {@code kind:anomaly} and the like.
     *
     * @throws IllegalArgumentException when there is no such kind
     */
    static SignalSelector of(List<String> entries) {
        List<String> names = new ArrayList<>();
        List<String> globs = new ArrayList<>();
        Set<SignalKind> kinds = EnumSet.noneOf(SignalKind.class);
        for (String entry : entries) {
            if (entry.startsWith(KIND)) {
                kinds.add(kind(entry.substring(KIND.length()).strip()));
            } else if (entry.indexOf('*') >= 0) {
                globs.add(entry);
            } else {
                names.add(entry);
            }
        }
        return new SignalSelector(Set.copyOf(names), globs, kinds);
    }

    static SignalKind kind(String text) {
        for (SignalKind kind : SignalKind.values()) {
            if (kind != SignalKind.OTHER && kind.name().equalsIgnoreCase(text)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("no kind of signals is called " + text
                + "; one of rule, drift, gap, held, anomaly, intel");
    }

    boolean matches(Signal signal) {
        return matches(signal.getRule(), signal.getKind());
    }

    boolean matches(String rule, SignalKind kind) {
        if (names.contains(rule) || kinds.contains(kind)) {
            return true;
        }
        for (String glob : globs) {
            if (glob(glob, rule)) {
                return true;
            }
        }
        return false;
    }

    /** Linear: an asterisk takes as little as the rest allows, and only the last one is ever tried again. */
    private static boolean glob(String glob, String text) {
        int g = 0;
        int t = 0;
        int star = -1;
        int from = 0;
        while (t < text.length()) {
            if (g < glob.length() && glob.charAt(g) == '*') {
                star = g++;
                from = t;
            } else if (g < glob.length() && glob.charAt(g) == text.charAt(t)) {
                g++;
                t++;
            } else if (star >= 0) {
                g = star + 1;
                t = ++from;
            } else {
                return false;
            }
        }
        while (g < glob.length() && glob.charAt(g) == '*') {
            g++;
        }
        return g == glob.length();
    }
}
