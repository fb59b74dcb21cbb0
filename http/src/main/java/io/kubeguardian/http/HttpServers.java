package io.kubeguardian.http;

import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.kubeguardian.config.ConfigException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;

/** What all HTTP servers of this project have in common. */
public final class HttpServers {
    private static final Duration GRACE = Duration.ofSeconds(2);

    private HttpServers() {}

    /**
     * Starts a server and names the setting at fault when it does not.
     *
     * @param section of the configuration, which has the key {@code host}
     * @param portKey the section's key that the port comes from
     * @throws ConfigException when the port is taken or the address is not this machine's
     */
    public static WebServer start(
            String section, String portKey, String host, int port, WebServerConfig.Builder builder) {
        InetSocketAddress address = new InetSocketAddress(host, port);
        // Helidon logs a failed start, with its stack trace, and returns: so find out first.
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(address);
        } catch (IOException e) {
            throw refused(section, portKey, address, e.getMessage());
        }
        WebServer server = builder.address(address.getAddress())
                .port(port)
                .shutdownHook(false)
                .shutdownGracePeriod(GRACE)
                .build()
                .start();
        if (!server.isRunning()) {
            throw refused(section, portKey, address, "taken in the last moment");
        }
        return server;
    }

    private static ConfigException refused(String section, String portKey, InetSocketAddress address, String why) {
        return new ConfigException(section + '.' + portKey + ": cannot listen on " + address.getHostString() + ':'
                + address.getPort() + ": " + why + "; stop what uses it or choose another port (0: any free one), and check "
                + section + ".host");
    }
}
