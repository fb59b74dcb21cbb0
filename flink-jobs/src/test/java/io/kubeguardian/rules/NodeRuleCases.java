package io.kubeguardian.rules;

import static io.kubeguardian.rules.RuleCase.SERVER;
import static io.kubeguardian.rules.RuleCase.of;
import static io.kubeguardian.rules.RuleCase.tool;
import static io.kubeguardian.rules.RuleCase.typed;
import static io.kubeguardian.rules.TestEvent.O_CREAT;
import static io.kubeguardian.rules.TestEvent.O_RDONLY;
import static io.kubeguardian.rules.TestEvent.O_RDWR;
import static io.kubeguardian.rules.TestEvent.O_WRONLY;
import static io.kubeguardian.rules.TestEvent.exec;
import static io.kubeguardian.rules.TestEvent.open;
import static io.kubeguardian.rules.TestProcess.running;

import java.util.List;

/** node.yaml. */
final class NodeRuleCases {
    private NodeRuleCases() {}

    static List<RuleCase> all() {
        TestProcess agent = running("/usr/local/bin/kube-proxy", "", null);
        return List.of(
                of("Disk or memory of the node opened from a container", open(SERVER, "/dev/sda1", O_RDONLY),
                        open(SERVER, "/dev/shm/cache", O_RDWR)),
                of("Disk or memory of the node opened from a container", open(tool("/usr/sbin/debugfs", "x"),
                        "/dev/nvme0n1p1", O_RDWR),
                        open(running("/usr/sbin/blkid", "", null), "/dev/nvme0n1p1", O_RDONLY)),
                of("Disk or memory of the node opened from a container", open(SERVER, "/dev/mem", O_RDWR),
                        open(SERVER, "/dev/null", O_RDWR)),
                of("Root of process 1 approached", exec(tool("/bin/ls", "/proc/1/root/etc")), exec(tool("/bin/ls",
                        "/proc/1/fd"))),
                of("Root of process 1 approached", open(SERVER, "/proc/1/root/etc/hostname", O_RDONLY).withResult(-13),
                        open(SERVER, "/proc/1/stat", O_RDONLY)),
                of("Namespaces of another process entered", exec(tool("/usr/bin/nsenter", "-t 1 -m -u -i -n sh")),
                        exec(running("/usr/bin/nsenter", "-t 1 -m iscsiadm", running("/usr/bin/kured", "", null)))),
                of("User namespace made by a command", exec(tool("/usr/bin/unshare", "-Urm sh")),
                        exec(tool("/usr/bin/unshare", "-n ip link"))),
                of("Kernel module loaded from a container", exec(tool("/sbin/insmod", "rootkit.ko")),
                        exec(running("/sbin/modprobe", "ip_vs", agent))),
                of("File system mounted in a container", exec(typed("/bin/mount", "/dev/sda1 /mnt")), exec(typed("/bin/mount",
                        ""))),
                of("Control group opened up from a container",
                        open(SERVER, "/tmp/cgrp/x/notify_on_release", O_WRONLY), open(SERVER, "/tmp/cgrp/x/notify_on_release",
                                O_RDONLY)),
                of("Mounted node file system made the root", exec(tool("/usr/sbin/chroot", "/host sh")),
                        exec(tool("/usr/sbin/chroot", "--userspec=redis / redis-server"))),
                of("Runtime socket given to a tool",
                        exec(tool("/usr/bin/curl", "--unix-socket /var/run/docker.sock http://x/containers/json")),
                        exec(running("/traefik", "--providers.docker.endpoint=unix:///var/run/docker.sock", null))),
                of("Manifest for the kubelet written from a container",
                        open(SERVER, "/host/etc/kubernetes/manifests/x.yaml", O_WRONLY | O_CREAT),
                        open(SERVER, "/host/etc/cni/net.d/10-x.conflist", O_WRONLY | O_CREAT)),
                of("Container runtime overwritten", open(SERVER, "/usr/local/sbin/runc", O_WRONLY),
                        open(SERVER, "/usr/local/sbin/runc", O_RDONLY)),
                of("Kernel tracing set up from a container", open(SERVER, "/sys/kernel/tracing/kprobe_events", O_WRONLY),
                        open(SERVER, "/sys/kernel/mm/transparent_hugepage/enabled", O_RDONLY)),
                of("Page faults taken over in a container", open(SERVER, "/dev/userfaultfd", O_RDWR),
                        open(running("/usr/bin/qemu-system-x86_64", "", null), "/dev/userfaultfd", O_RDWR)));
    }
}
