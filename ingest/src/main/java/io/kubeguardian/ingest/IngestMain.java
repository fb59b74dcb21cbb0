package io.kubeguardian.ingest;

import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.ConfigReader;
import java.util.concurrent.CountDownLatch;

/** The ingest as a process of its own: {@code [--config FILE]}. */
public final class IngestMain {
    private static final int WRONG_USE = 2;

    private IngestMain() {}

    /** Runs until SIGTERM or SIGINT, then drains. Exits with 2 and one line on stderr when it cannot start. */
    public static void main(String[] args) throws InterruptedException {
        try {
            Ingest ingest = Ingest.start(ConfigReader.ofArguments(args));
            Runtime.getRuntime().addShutdownHook(new Thread(ingest::close, "shutdown"));
            System.err.println("ingest: ready port=" + ingest.port() + " managementPort=" + ingest.managementPort());
        } catch (ConfigException e) {
            System.err.println("ingest: " + e.getMessage());
            System.exit(WRONG_USE);
        }
        new CountDownLatch(1).await();
    }
}
