package io.kubeguardian.ml;

import java.util.Locale;
import java.util.Map;

/** Features for people: what they are called, and their values in units that people use. */
final class FeatureWords {
    private static final Map<String, String> WORDS = Map.ofEntries(
            Map.entry("rate.exec", "programs started a minute and pod"),
            Map.entry("rate.fork", "processes forked a minute and pod"),
            Map.entry("rate.exit", "processes ended a minute and pod"),
            Map.entry("rate.exit.failed", "processes that ended with an error a minute and pod"),
            Map.entry("rate.exec.upper", "programs that are not of the image started a minute and pod"),
            Map.entry("rate.open", "files opened a minute and pod"),
            Map.entry("rate.open.write", "files opened for writing a minute and pod"),
            Map.entry("rate.open.failed", "opens that failed a minute and pod"),
            Map.entry("rate.connect", "connections a minute and pod"),
            Map.entry("rate.connect.failed", "connections that failed a minute and pod"),
            Map.entry("rate.file", "changes of the file tree a minute and pod"),
            Map.entry("rate.socket", "other uses of sockets a minute and pod"),
            Map.entry("rate.dns", "DNS questions a minute and pod"),
            Map.entry("rate.dns.failed", "DNS answers without a name a minute and pod"),
            Map.entry("rate.dup", "descriptors copied a minute and pod"),
            Map.entry("rate.call", "rare system calls a minute and pod"),
            Map.entry("rate.calls", "system calls a minute and pod"),
            Map.entry("distinct.programs", "different programs"),
            Map.entry("distinct.files", "different files"),
            Map.entry("distinct.destinations", "different destinations"),
            Map.entry("distinct.names", "different DNS names"));

    private FeatureWords() {}

    static String of(String feature) {
        if (feature.equals(Features.OTHER)) {
            return "the share of calls that training hardly saw";
        }
        if (feature.startsWith(Features.SHARE)) {
            return "the share of " + feature.substring(Features.SHARE.length()) + " among all system calls";
        }
        return WORDS.getOrDefault(feature, feature);
    }

    /** Back from root and logarithm. */
    static String value(String feature, double value) {
        if (feature.startsWith(Features.SHARE)) {
            return String.format(Locale.ROOT, "%.2f %%", 100 * value * value);
        }
        double plain = Math.expm1(value);
        return String.format(Locale.ROOT, plain >= 100 ? "%.0f" : "%.1f", plain);
    }
}
