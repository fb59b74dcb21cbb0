package io.kubeguardian.detection;

import io.kubeguardian.config.KubeGuardianConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.minicluster.MiniClusterJobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.FileUtils;

/**
 * A Flink cluster inside this JVM with its web UI, running the detection job: for the one-machine stack and the
 * tests. Its files are in one folder that goes away with it.
 */
public final class EmbeddedFlink implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final MiniCluster cluster;
    private final Path folder;
    private final URI webUi;
    private final JobClient job;

    private EmbeddedFlink(MiniCluster cluster, Path folder, URI webUi, JobClient job) {
        this.cluster = cluster;
        this.folder = folder;
        this.webUi = webUi;
        this.job = job;
    }

    /**
     * Starts the cluster, submits the job and waits until all of its tasks run.
     *
     * @param webPort port of the web UI on loopback; 0 or a taken one: any free port ({@link #webUi()} tells which)
     * @param parallelism of every operator; also the cluster's number of slots
     * @param savepoint where to go on from, as {@link #stopWithSavepoint} returned it; null: from the beginning
     * @throws IllegalStateException when the cluster or the job does not start; nothing is left behind
     */
    public static EmbeddedFlink start(
            KubeGuardianConfig config, DetectorFactory detectors, int webPort, int parallelism, String savepoint) {
        return start(env -> DetectionJob.build(env, config, detectors), webPort, parallelism, savepoint);
    }

    /** The same for any job. @param job adds it to the environment */
    public static EmbeddedFlink start(
            Consumer<StreamExecutionEnvironment> job, int webPort, int parallelism, String savepoint) {
        Path folder = newFolder();
        MiniCluster cluster = null;
        try {
            Configuration flink = configuration(folder, webPort, parallelism);
            cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                    .setConfiguration(flink)
                    .setNumTaskManagers(1)
                    .setNumSlotsPerTaskManager(parallelism)
                    .build());
            cluster.start();

            Configuration jobSettings = new Configuration(flink);
            if (savepoint != null) {
                jobSettings.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
            }
            StreamExecutionEnvironment env = new StreamExecutionEnvironment(jobSettings);
            env.setParallelism(parallelism);
            job.accept(env);
            var graph = env.getStreamGraph();
            graph.setJobName(DetectionJob.NAME);
            JobID id = cluster.submitJob(graph.getJobGraph()).get(PATIENCE_SECONDS, TimeUnit.SECONDS).getJobID();
            JobClient client = new MiniClusterJobClient(id, cluster, EmbeddedFlink.class.getClassLoader(),
                    MiniClusterJobClient.JobFinalizationBehavior.NOTHING);
            awaitRunning(cluster, id);
            return new EmbeddedFlink(cluster, folder, cluster.getRestAddress().get(), client);
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            stop(cluster);
            delete(folder);
            throw new IllegalStateException("the Flink job does not start: " + root(e), e);
        }
    }

    private static Configuration configuration(Path folder, int webPort, int parallelism) {
        Configuration flink = new Configuration();
        flink.set(RestOptions.ADDRESS, "localhost");
        flink.set(RestOptions.BIND_ADDRESS, "localhost");
        flink.set(RestOptions.BIND_PORT, webPort == 0 ? "0" : webPort + ",0");
        flink.set(WebOptions.SUBMIT_ENABLE, false);
        flink.set(WebOptions.TMP_DIR, folder.resolve("web").toString());
        flink.set(CoreOptions.TMP_DIRS, folder.resolve("tmp").toString());
        flink.set(CoreOptions.DEFAULT_PARALLELISM, parallelism);
        flink.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, folder.resolve("checkpoints").toUri().toString());
        flink.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(128));
        flink.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(64));
        flink.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(64));
        flink.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
        return flink;
    }

    private static void awaitRunning(MiniCluster cluster, JobID id) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() < end) {
            var graph = cluster.getExecutionGraph(id).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (graph.getState().isGloballyTerminalState()) {
                throw new IllegalStateException(graph.getFailureInfo() == null ? "it is " + graph.getState()
                        : graph.getFailureInfo().getException().deserializeError(EmbeddedFlink.class.getClassLoader())
                                .toString());
            }
            boolean running = graph.getState() == JobStatus.RUNNING;
            for (var vertex : graph.getAllExecutionVertices()) {
                running &= vertex.getExecutionState() == ExecutionState.RUNNING;
            }
            if (running) {
                return;
            }
            Thread.sleep(50);
        }
        throw new TimeoutException("its tasks do not run after " + PATIENCE_SECONDS + " s");
    }

    /** Where the cluster's files are; gone after {@link #close}. */
    Path folder() {
        return folder;
    }

    /** Where a browser finds the cluster. */
    public URI webUi() {
        return webUi;
    }

    /** The running job. */
    public JobClient job() {
        return job;
    }

    /**
     * Stops the job with its state kept.
     *
     * @param target folder for the savepoint; it is the caller's
     * @return where {@link #start} can go on from
     */
    public String stopWithSavepoint(Path target) {
        try {
            return job.stopWithSavepoint(false, target.toUri().toString(), SavepointFormatType.CANONICAL)
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("cannot take a savepoint: " + root(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while taking a savepoint", e);
        }
    }

    /** Stops job and cluster and deletes their files. May be called again. */
    @Override
    public void close() {
        stop(cluster);
        if (Files.exists(folder)) {
            delete(folder);
        }
    }

    private static void stop(MiniCluster cluster) {
        if (cluster == null) {
            return;
        }
        try {
            cluster.closeAsync().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("Flink does not stop: " + root(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while stopping Flink", e);
        }
    }

    private static Path newFolder() {
        try {
            return Files.createTempDirectory("kubeguardian-flink-");
        } catch (IOException e) {
            throw new IllegalStateException("cannot make a temporary folder for Flink: " + e.getMessage(), e);
        }
    }

    private static void delete(Path folder) {
        try {
            FileUtils.deleteDirectory(folder.toFile());
        } catch (IOException e) {
            throw new IllegalStateException("cannot delete " + folder + ": " + e.getMessage(), e);
        }
    }

    private static String root(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.toString();
    }
}
