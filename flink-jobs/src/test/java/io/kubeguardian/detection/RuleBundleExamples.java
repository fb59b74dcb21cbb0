package io.kubeguardian.detection;

import io.kubeguardian.rules.LoadMode;
import io.kubeguardian.rules.RuleBundles;
import io.kubeguardian.rules.RuleSource;
import io.kubeguardian.schema.RuleBundle;
import io.kubeguardian.schema.RuleFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Bundles of one small rule each. */
final class RuleBundleExamples {
    private RuleBundleExamples() {}

    /** A rule about the program by this path. */
    static RuleBundle about(String rule, String exe, long issuedTime) {
        return RuleBundles.of(List.of(new RuleSource(rule + ".yaml", text(rule, "proc.exepath = " + exe))),
                LoadMode.STRICT, "test", issuedTime, List.of());
    }

    /** As about, but with a field that does not exist: no publisher of this version would send it. */
    static RuleBundle broken(long issuedTime) {
        RuleBundle bundle = about("broken", "/bin/x", issuedTime);
        bundle.setFiles(List.of(new RuleFile("broken.yaml", ByteBuffer.wrap(text("broken", "proc.nonsense = 1")))));
        return bundle;
    }

    private static byte[] text(String rule, String condition) {
        return ("- rule: " + rule + "\n  desc: d\n  condition: evt.type = execve and " + condition
                + "\n  output: saw %proc.exepath\n  priority: NOTICE\n").getBytes(StandardCharsets.UTF_8);
    }
}
