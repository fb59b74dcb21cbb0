package io.kubeguardian.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.KubeGuardianConfig;
import java.util.Collection;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;

/** What a savepoint and an operator of the cluster rely on. */
class DetectionJobTest {
    private static final KubeGuardianConfig CONFIG = ConfigReader.read(null, Map.of());

    @Test
    void everyOperatorHasAUidOfItsOwn() {
        Collection<StreamNode> operators = graph().getStreamNodes();

        assertThat(operators).hasSizeGreaterThan(10);
        assertThat(operators).allSatisfy(operator -> assertThat(operator.getTransformationUID())
                .as(operator.getOperatorName()).isNotBlank());
        assertThat(operators).extracting(StreamNode::getTransformationUID).doesNotHaveDuplicates();
    }

    @Test
    void stateIsInRocksDbWithIncrementalCheckpointsAndNoGenericTypes() {
        StreamExecutionEnvironment env = environment();

        assertThat(env.getConfiguration().get(StateBackendOptions.STATE_BACKEND)).isEqualTo("rocksdb");
        assertThat(env.getConfiguration().get(CheckpointingOptions.INCREMENTAL_CHECKPOINTS)).isTrue();
        assertThat(env.getCheckpointInterval()).isEqualTo(CONFIG.detection().checkpointSeconds() * 1000L);
        assertThat(env.getConfiguration().get(PipelineOptions.GENERIC_TYPES)).isFalse();
    }

    private static StreamGraph graph() {
        return environment().getStreamGraph();
    }

    private static StreamExecutionEnvironment environment() {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
        DetectionJob.build(env, CONFIG, new RuleDetectorFactory(CONFIG.detection().rules()));
        return env;
    }
}
