package io.kubeguardian.detection;

import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.correlation.PatternException;
import io.kubeguardian.rules.RuleLoadException;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The detection job, for any Flink cluster: {@code flink run … --config FILE}. */
public final class DetectionMain {
    private static final int WRONG_USE = 2;

    private DetectionMain() {}

    /** Exits with 2 and one line on stderr when configuration, rules or patterns cannot be used. */
    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        try {
            KubeGuardianConfig config = ConfigReader.ofArguments(args);
            RuleDetectorFactory rules = new RuleDetectorFactory(config.detection().rules());
            rules.load(); // here, where the operator sees it, and not only in a task manager's log
            DetectionJob.build(env, config, rules);
        } catch (ConfigException | RuleLoadException | PatternException e) {
            System.err.println("detection: " + e.getMessage());
            System.exit(WRONG_USE);
        }
        env.execute(DetectionJob.NAME);
    }
}
