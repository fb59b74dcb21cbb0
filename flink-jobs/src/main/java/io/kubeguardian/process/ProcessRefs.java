package io.kubeguardian.process;

import io.kubeguardian.schema.ProcessRef;
import java.util.ArrayList;
import java.util.List;

/** Processes as records name them, with bounded texts: a command line is whatever its author wants. */
public final class ProcessRefs {
    /** Most characters of the arguments: of the process that acted (as much as the sensor reads), of an ancestor. */
    public static final int MAX_ARGS = 4096;
    public static final int MAX_ANCESTOR_ARGS = 512;

    private ProcessRefs() {}

    public static ProcessRef of(String bootId, TreeProcess process, int mostChars) {
        List<String> args = new ArrayList<>();
        int left = mostChars;
        for (String arg : process.args()) {
            args.add(cut(arg, left));
            left -= arg.length() + 1;
            if (left <= 0) {
                break;
            }
        }
        return new ProcessRef(bootId, process.pid(), process.startTime(), process.name(), process.exePath(), args,
                process.uid(), process.containerId());
    }

    /** Parent first, at most {@link ProcessTree#LINEAGE}. */
    public static List<ProcessRef> ancestors(String bootId, TreeProcess process) {
        List<ProcessRef> ancestors = new ArrayList<>();
        for (TreeProcess a = process.parent(); a != null && ancestors.size() < ProcessTree.LINEAGE; a = a.parent()) {
            ancestors.add(of(bootId, a, MAX_ANCESTOR_ARGS));
        }
        return ancestors;
    }

    /** At most so many characters, no surrogate pair broken, and a sign that it was longer. */
    public static String cut(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
        return text.substring(0, end) + '…';
    }
}
