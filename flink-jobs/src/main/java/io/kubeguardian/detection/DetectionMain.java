package io.kubeguardian.detection;

import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.correlation.PatternException;
import io.kubeguardian.rules.RuleLoadException;
import java.nio.file.Path;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The detection job, for any Flink cluster: {@code flink run … --config FILE}. */
public final class DetectionMain {
    private static final int WRONG_USE = 2;

    private DetectionMain() {}

    /** Exits with 2 and one line on stderr when configuration, rules or patterns cannot be used. */
    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        try {
            KubeGuardianConfig config = ConfigReader.read(configFile(args), System.getenv());
            RuleDetectorFactory rules = new RuleDetectorFactory(config.detection().rules());
            rules.load(); // here, where the operator sees it, and not only in a task manager's log
            DetectionJob.build(env, config, rules);
        } catch (ConfigException | RuleLoadException | PatternException e) {
            System.err.println("detection: " + e.getMessage());
            System.exit(WRONG_USE);
        }
        env.execute(DetectionJob.NAME);
    }

    private static Path configFile(String[] args) {
        if (args.length == 0) {
            return null;
        }
        if (args.length != 2 || !args[0].equals("--config")) {
            throw new ConfigException("usage: [--config FILE], not " + String.join(" ", args));
        }
        return Path.of(args[1]);
    }
}
