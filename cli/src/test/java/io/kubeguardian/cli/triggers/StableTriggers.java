package io.kubeguardian.cli.triggers;

import static io.kubeguardian.cli.triggers.RuleTrigger.of;
import static io.kubeguardian.cli.triggers.RuleTrigger.privileged;
import static io.kubeguardian.cli.triggers.RuleTrigger.run;
import static io.kubeguardian.cli.triggers.RuleTrigger.shell;

import java.util.List;

/**
 * Each rule of the stable file, in the file's order. The programs are busybox's and those of bpf/triggers, in the
 * container that {@link Image} describes.
 */
final class StableTriggers {
    private static final String API_SERVER = "kubernetes.default.svc.cluster.local";

    private StableTriggers() {}

    static List<RuleTrigger> all() {
        return List.of(
                of("Directory traversal monitored file read", run("/bin/cat", "/srv/www/../../etc/passwd"),
                        run("/bin/cat", "/srv/../etc/passwd"),
                        "fd.nameraw = /srv/../etc/passwd and fd.name = /etc/passwd"),
                // The rule for untrusted programs fires for a web server, too, unless Chef has started it.
                of("Read sensitive file trusted after startup", run("/usr/bin/chef-client", "/usr/sbin/nginx read 6 /etc/shadow"),
                        run("/usr/bin/chef-client", "/usr/sbin/nginx read 0 /etc/shadow"),
                        "fd.name = /etc/shadow and proc.name = nginx and fd.num >= 0"),
                of("Read sensitive file untrusted", run("/bin/cat", "/etc/shadow"), run("/bin/cat", "/etc/passwd"),
                        "fd.name = /etc/passwd and proc.name = cat and fd.num >= 0"),
                of("Run shell untrusted", run("/usr/sbin/nginx", "run", "/bin/sh", "-c", "id"),
                        run("/usr/sbin/nginx", "run", "/bin/sh", "-c", "whoami"),
                        "evt.type = execve and proc.name = sh and proc.pname = nginx"),
                of("System user interactive", run("/usr/sbin/sshd", "/bin/su", "nobody", "-s", "/bin/sh", "-c", "id"),
                        run("/usr/sbin/sshd", "/bin/su", "app", "-s", "/bin/sh", "-c", "id"),
                        "evt.type = execve and proc.name = sh and proc.aname = sshd and user.uid = 1000"),
                // The terminals are the container's own; the shell takes the place of the first process, as after kubectl exec.
                of("Terminal shell in container", shell("mount -t devpts -o newinstance,ptmxmode=666 devpts /dev/pts;"
                                + " exec exec_on_tty /bin/sh -c true"),
                        shell("exec /bin/sh -c true"),
                        "evt.type = execve and proc.cmdline = \"sh -c true\" and not proc.pname exists"),
                of("Contact K8S API Server From Container", connectTo(API_SERVER),
                        connectTo("orders.shop.svc.cluster.local"),
                        "evt.type = connect and fd.sip = 10.96.0.1 and fd.sip.name = orders.shop.svc.cluster.local"),
                of("Netcat Remote Code Execution in Container", run("/bin/nc", "127.0.0.1", "4444", "-e", "/bin/sh"),
                        run("/bin/nc", "-z", "127.0.0.1", "4444"),
                        "evt.type = execve and proc.name = nc"),
                of("Search Private Keys or Passwords", run("/bin/grep", "-r", "BEGIN RSA PRIVATE KEY", "/srv"),
                        run("/bin/grep", "-r", "BEGIN CERTIFICATE", "/srv"),
                        "evt.type = execve and proc.name = grep and proc.args contains BEGIN"),
                of("Clear Log Activities", shell(": >/var/log/syslog"), shell("echo started >>/var/log/syslog"),
                        "fd.name = /var/log/syslog and evt.is_open_write = true"),
                of("Remove Bulk Data from Disk", run("/bin/shred", "-u", "/srv/orders.db"), run("/bin/rm", "/srv/orders.db"),
                        "evt.type in (unlink, unlinkat) and fs.path.name = /srv/orders.db and evt.rawres = 0"),
                of("Create Symlink Over Sensitive Files", run("/bin/ln", "-s", "/etc/shadow", "/srv/www/s.txt"),
                        run("/bin/ln", "-s", "/etc/hostname", "/srv/www/h.txt"),
                        "evt.type in (symlink, symlinkat) and evt.arg.target = /etc/hostname"),
                of("Create Hardlink Over Sensitive Files", run("/bin/ln", "/etc/shadow", "/srv/www/s.txt"),
                        run("/bin/ln", "/etc/hostname", "/srv/www/h.txt"),
                        "evt.type in (link, linkat) and evt.arg.oldpath = /etc/hostname and evt.rawres = 0"),
                // Not ping: it puts its socket where standard input is, which is the next rule's.
                of("Packet socket created in container", run("/bin/arping", "-c", "1", "-w", "1", "-I", "lo", "127.0.0.1"),
                        run("/bin/open_socket", "2", "3", "1"),
                        "evt.type = socket and evt.arg.type contains SOCK_RAW and evt.rawres >= 0"),
                of("Redirect STDOUT/STDIN to Network Connection in Container",
                        run("/bin/dup_fd", "dup2", "udp4", "127.0.0.1", "9"),
                        run("/bin/dup_fd", "dup3", "udp4", "127.0.0.1", "9"),
                        "evt.type = dup3 and fd.type = ipv4 and evt.rawres = 30"),
                of("Linux Kernel Module Injection Detected", run("/bin/insmod", "/srv/no-module.ko"),
                        run("/bin/become", "65534", "65534", "-", "-", "/bin/insmod", "/srv/no-module.ko"),
                        "evt.type in (init_module, finit_module) and proc.name = insmod"),
                of("Debugfs Launched in Privileged Container", privileged("/bin/debugfs", "0"), run("/bin/debugfs", "0"),
                        "evt.type = execve and proc.name = debugfs"),
                of("Detect release_agent File Container Escapes", shell("mkdir /tmp/rdma; echo /cmd >/tmp/rdma/release_agent"),
                        shell("mkdir /tmp/rdma; echo 0 >/tmp/rdma/notify_on_release"),
                        "fd.name = /tmp/rdma/notify_on_release and evt.is_open_write = true"),
                of("PTRACE attached to process", run("/bin/reach_into", "attach"), run("/bin/reach_into", "read"),
                        "evt.type = process_vm_readv and evt.rawres > 0"),
                // PTRACE_TRACEME and PTRACE_DETACH, by their numbers.
                of("PTRACE anti-debug attempt", run("/bin/raw_call", "64", "101", "0"),
                        run("/bin/raw_call", "64", "101", "17", "1"),
                        "evt.type = ptrace and evt.arg.request = PTRACE_DETACH"),
                of("Find AWS Credentials", run("/bin/grep", "-r", "aws_secret_access_key", "/srv"),
                        run("/bin/grep", "-r", "aws_region", "/srv"),
                        "evt.type = execve and proc.name = grep and proc.args contains aws_"),
                // On file systems that are no overlays: what lies in the container's upper layer is the next rule's.
                of("Execution from /dev/shm", shell("mount -t tmpfs tmpfs /dev/shm; cp /bin/exit_with /dev/shm/x; /dev/shm/x 0"),
                        shell("cp /bin/exit_with /tmp/x; /tmp/x 0"),
                        "evt.type = execve and proc.exe = /tmp/x"),
                of("Drop and execute new binary in container", shell("cp /bin/exit_with /srv/x; /srv/x 0"),
                        shell("cp /bin/exit_with /srv/x; /bin/exit_with 0"),
                        "evt.type in (open, openat) and fd.name = /srv/x and evt.is_open_write = true"),
                // Nobody listens, and nobody needs to: a connection under way counts.
                of("Disallowed SSH Connection Non Standard Port", ssh(443), ssh(22),
                        "evt.type = connect and proc.name = ssh and fd.sip = 203.0.113.7 and evt.res = EINPROGRESS"),
                of("Fileless execution via memfd_create", run("/bin/exec_memfd", "/bin/exit_with"),
                        shell("raw_call 64 319 :x 0; exit_with 0"), // memfd_create
                        "evt.type = memfd_create and evt.rawres >= 0"));
    }

    private static RuleTrigger.Act connectTo(String name) {
        return shell(DnsExchange.script(name, "10.96.0.1") + "; connect_to tcp4 10.96.0.1 443");
    }

    private static RuleTrigger.Act ssh(int port) {
        return shell("ip address add 203.0.113.7/32 dev lo; /usr/bin/ssh tcp4 203.0.113.7 " + port + " nonblock");
    }
}
