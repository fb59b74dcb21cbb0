package io.kubeguardian.cli.triggers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * The image of the triggers' containers: busybox, bpf/triggers, and a few files that rules care about. Where it matters
 * that a program has its own name, it is run by its path: busybox's shell runs others of its applets as "exe".
 */
final class Image {
    private static final List<String> TRIGGERS = List.of("become", "by_io_uring", "change_file", "change_root", "connect_to",
            "dns_exchange", "dup_fd", "exec_into", "exec_memfd", "exec_on_tty", "exit_with", "open_socket", "raw_call", "reach_into",
            "serve_once");

    private Image() {}

    /**
     * @param root an empty folder
     * @param busybox a static one
     * @param triggers what bpf/build.sh built
     */
    static void build(Path root, Path busybox, Path triggers) throws IOException, InterruptedException {
        for (String folder : List.of("bin", "dev/pts", "dev/shm", "etc/cron.d", "mnt", "old", "proc", "srv/www", "tmp",
                "usr/bin", "usr/sbin", "var/log")) {
            Files.createDirectories(root.resolve(folder));
        }
        Files.copy(busybox, root.resolve("bin/busybox"));
        for (String applet : applets(busybox)) {
            if (!applet.equals("busybox") && applet.matches("[a-z0-9_-]+")) {
                Files.createSymbolicLink(root.resolve("bin").resolve(applet), Path.of("busybox"));
            }
        }
        for (String trigger : TRIGGERS) {
            Files.copy(triggers.resolve(trigger), root.resolve("bin").resolve(trigger));
        }
        // Rules know these programs by their names.
        Files.copy(triggers.resolve("connect_to"), root.resolve("usr/bin/ssh"));
        Files.copy(triggers.resolve("exit_with"), root.resolve("bin/debugfs"));
        Files.copy(triggers.resolve("serve_once"), root.resolve("usr/bin/socat"));
        for (String caller : List.of("usr/bin/java", "usr/bin/python3", "usr/sbin/kube-proxy", "usr/sbin/tini")) {
            Files.copy(triggers.resolve("raw_call"), root.resolve(caller));
        }
        script(root, "usr/sbin/nginx", "case $1 in read) sleep $2; read line <$3 ;; run) shift; \"$@\" ;; esac");
        script(root, "usr/sbin/sshd", "\"$@\"");
        script(root, "usr/bin/chef-client", "/bin/sh -c \"$1; true\"");
        Files.createSymbolicLink(root.resolve("dev/ptmx"), Path.of("pts/ptmx"));
        write(root, "etc/passwd", "root::0:0::/:/bin/sh\nnobody::65534:65534::/:/bin/sh\napp::1000:1000::/:/bin/sh\n");
        write(root, "etc/shadow", "root:*:20000::::::\n");
        write(root, "etc/hostname", "web\n");
        write(root, "var/log/syslog", "started\n");
        write(root, "srv/.bash_history", "id\n");
        write(root, "srv/orders.db", "1 2 3\n");
        write(root, "srv/no-module.ko", "no module\n");
    }

    private static List<String> applets(Path busybox) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(busybox.toString(), "--list").start();
        List<String> applets = process.inputReader(StandardCharsets.UTF_8).lines().toList();
        process.waitFor();
        return applets;
    }

    private static void script(Path root, String path, String line) throws IOException {
        write(root, path, "#!/bin/sh\n" + line + "\n");
        Files.setPosixFilePermissions(root.resolve(path), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void write(Path root, String path, String content) throws IOException {
        Files.writeString(root.resolve(path), content);
    }
}
