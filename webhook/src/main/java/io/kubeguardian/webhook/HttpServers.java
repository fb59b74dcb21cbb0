package io.kubeguardian.webhook;

import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.kubeguardian.config.ConfigException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;

/** What both of the webhook's HTTP servers have in common. */
final class HttpServers {
    private static final Duration GRACE = Duration.ofSeconds(2);

    private HttpServers() {}

    /**
     * Starts a server and names the setting at fault when it does not.
     *
     * @param portKey the setting that the port comes from
     * @throws ConfigException when the port is taken or the address is not this machine's
     */
    static WebServer start(String portKey, String host, int port, WebServerConfig.Builder builder) {
        try {
            return builder.address(InetAddress.getByName(host))
                    .port(port)
                    .shutdownHook(false)
                    .shutdownGracePeriod(GRACE)
                    .build()
                    .start();
        } catch (UnknownHostException e) {
            throw new ConfigException("webhook.host: " + host + " is not known here; give an address to listen on", e);
        } catch (RuntimeException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof BindException) {
                    throw new ConfigException(portKey + ": cannot listen on " + host + ':' + port + ": "
                            + cause.getMessage() + "; stop what uses it, or choose another (0: any free one)", e);
                }
            }
            throw e;
        }
    }
}
