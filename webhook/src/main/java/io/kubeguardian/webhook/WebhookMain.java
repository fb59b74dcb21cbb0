package io.kubeguardian.webhook;

import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.KubeGuardianConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/** The webhook as a process of its own: {@code [--config FILE] [--write-ca FILE]}. */
public final class WebhookMain {
    private static final int WRONG_USE = 2;

    private WebhookMain() {}

    /** Runs until SIGTERM or SIGINT. Exits with 2 and one line on stderr when it cannot start. */
    public static void main(String[] args) throws InterruptedException {
        try {
            Path config = null;
            Path ca = null;
            for (int i = 0; i < args.length; i += 2) {
                if (i + 1 == args.length || !(args[i].equals("--config") || args[i].equals("--write-ca"))) {
                    throw new ConfigException("usage: [--config FILE] [--write-ca FILE], not " + args[i]);
                }
                if (args[i].equals("--config")) {
                    config = Path.of(args[i + 1]);
                } else {
                    ca = Path.of(args[i + 1]);
                }
            }
            KubeGuardianConfig settings = ConfigReader.read(config, System.getenv());
            if (settings.webhook().jsonLogs()) { // before the first logger is made
                System.setProperty("log4j2.configurationFile", "kubeguardian-webhook-json-log4j2.xml");
            }
            Consumer<String> say = settings.webhook().jsonLogs()
                    ? LoggerFactory.getLogger(WebhookMain.class)::info : line -> System.err.println("webhook: " + line);
            Webhook webhook = Webhook.start(settings);
            Runtime.getRuntime().addShutdownHook(new Thread(webhook::close, "shutdown"));
            if (ca != null) {
                Files.writeString(ca, webhook.caPem());
            }
            say.accept("serving https port=" + webhook.port() + " managementPort=" + webhook.managementPort()
                    + "; not ready until the risk topic is read");
            webhook.whenReady().thenRun(() -> say.accept("ready"));
        } catch (ConfigException e) {
            System.err.println("webhook: " + e.getMessage());
            System.exit(WRONG_USE);
        } catch (IOException e) {
            System.err.println("webhook: --write-ca: cannot write " + e.getMessage());
            System.exit(WRONG_USE);
        }
        new HeapTidier().run();
    }
}
