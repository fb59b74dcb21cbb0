package io.kubeguardian.controller;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.KubeGuardianConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;

/** The policy controller as a process: {@code [--config FILE]}. Finds the API server as kubectl does, or by its own account. */
public final class PolicyControllerMain {
    private static final int WRONG_USE = 2;

    private PolicyControllerMain() {}

    /** Runs until SIGTERM or SIGINT. Exits with 2 and one line on stderr when it cannot start. */
    public static void main(String[] args) throws InterruptedException {
        try {
            KubeGuardianConfig config = ConfigReader.ofArguments(args);
            KubernetesClient client = new KubernetesClientBuilder().build();
            PolicyController controller = PolicyController.start(config, client, identity(), Clock.systemUTC());
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                controller.close();
                client.close();
            }, "shutdown"));
            System.err.println("controller: watching " + client.getMasterUrl() + " managementPort="
                    + controller.managementPort());
        } catch (ConfigException e) {
            System.err.println("controller: " + e.getMessage());
            System.exit(WRONG_USE);
        }
        new CountDownLatch(1).await();
    }

    /** A pod's host name is the pod's name; the process id tells two on one machine apart. */
    private static String identity() {
        try {
            return InetAddress.getLocalHost().getHostName() + '-' + ProcessHandle.current().pid();
        } catch (UnknownHostException e) {
            return "controller-" + ProcessHandle.current().pid();
        }
    }
}
