package io.kubeguardian.cli.stack;

import io.kubeguardian.cli.UserError;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Finds ports to listen on. */
final class Ports {
    private Ports() {}

    /** The wanted port, or any free one where it is taken or 0. */
    static int freeOr(int wanted) {
        return wanted != 0 && isFree(wanted) ? wanted : anyFree();
    }

    private static boolean isFree(int port) {
        // The wildcard address: a server on any of this machine's addresses would be in the way.
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static int anyFree() {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        } catch (IOException e) {
            throw new UserError("no free port on this machine: " + e.getMessage(), e);
        }
    }
}
