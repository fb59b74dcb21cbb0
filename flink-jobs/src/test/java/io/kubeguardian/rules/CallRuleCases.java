package io.kubeguardian.rules;

import static io.kubeguardian.rules.RuleCase.ENTRYPOINT;
import static io.kubeguardian.rules.RuleCase.INTRUDER;
import static io.kubeguardian.rules.RuleCase.SERVER;
import static io.kubeguardian.rules.RuleCase.of;
import static io.kubeguardian.rules.RuleCase.scripted;
import static io.kubeguardian.rules.RuleCase.tool;
import static io.kubeguardian.rules.RuleCase.typed;
import static io.kubeguardian.rules.TestCall.accept;
import static io.kubeguardian.rules.TestCall.call;
import static io.kubeguardian.rules.TestCall.change;
import static io.kubeguardian.rules.TestCall.chmod;
import static io.kubeguardian.rules.TestCall.dup;
import static io.kubeguardian.rules.TestCall.dupFile;
import static io.kubeguardian.rules.TestCall.listen;
import static io.kubeguardian.rules.TestCall.question;
import static io.kubeguardian.rules.TestCall.socket;
import static io.kubeguardian.rules.TestProcess.running;

import java.util.List;
import java.util.stream.Stream;

/** calls.yaml, and what the other files say of system calls other than exec, open and connect. */
final class CallRuleCases {
    private static final long NEW_USER = 0x10000000;
    private static final long NEW_NET = 0x40000000;
    private static final long BIND = 4096;
    private static final int AF_INET = 2;
    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final int EPERM = -1;
    private static final int TXT = 16;
    private static final long YEAR_2020 = 1_577_836_800_000_000_000L;
    private static final int NULL = 10;
    private static final long ADMINISTRATOR = 1L << 21;
    private static final long BINDER = 1L << 10;

    private static final TestProcess OWN = tool("/opt/odd", "");
    private static final TestProcess RUNC = TestProcess.unknown("runc:[2:INIT]");
    private static final TestProcess DROPPED = tool("/tmp/x", "");

    private CallRuleCases() {}

    static List<RuleCase> all() {
        return Stream.of(others(), kernel(), escapes(), rights(), files(), network()).flatMap(List::stream).toList();
    }

    private static List<RuleCase> others() {
        String attach = "Process attached to or changed by ptrace";
        String taken = "Memory or descriptors of another process taken";
        return List.of(
                of(attach, call(OWN, "ptrace", 16, 7), call(OWN, "ptrace", 16, 7).returning(EPERM)), // PTRACE_ATTACH
                of(attach, call(OWN, "ptrace", 0x4206, 7), call(OWN, "ptrace", 0, 0)), // PTRACE_SEIZE, PTRACE_TRACEME
                of(attach, call(OWN, "ptrace", 5, 7), call(tool("/usr/bin/gdb", "-p 7"), "ptrace", 16, 7)), // PTRACE_POKEDATA
                of("Memory of another process written", call(OWN, "process_vm_writev", 7).returning(64),
                        call(running("/srv/model", "", running("/usr/bin/mpirun", "model", null)), "process_vm_writev", 7)
                                .returning(64)),
                of(taken, call(OWN, "process_vm_readv", 7).returning(4096), call(OWN, "process_vm_readv", 7).returning(EPERM)),
                of(taken, call(OWN, "pidfd_getfd", 3, 5, 0, "").returning(6),
                        call(tool("/usr/bin/chrome", ""), "pidfd_getfd", 3, 5, 0, "").returning(6)));
    }

    private static List<RuleCase> kernel() {
        return List.of(
                of("BPF program loaded in a container", call(OWN, "bpf", 5, 0, 120).returning(EPERM),
                        call(OWN, "bpf", 1, 0, 120)), // reads an element of a map
                of("BPF program loaded in a container", call(OWN, "bpf", 5, 0, 120).returning(9),
                        call(running("/usr/bin/cilium-agent", "", null), "bpf", 5, 0, 120).returning(9)),
                of("Ring for input and output set up in a container", call(OWN, "io_uring_setup", 8, 0, 0).returning(3),
                        call(running("/usr/local/bin/node", "server.js", null), "io_uring_setup", 64, 0, 2).returning(9)),
                of("Ring for input and output set up in a container", call(DROPPED, "io_uring_setup", 8, 0, 0).returning(3),
                        call(OWN, "io_uring_setup", 8, 0, 0).returning(EPERM)),
                of("Page faults taken over in a container", call(OWN, "userfaultfd", 0).returning(3),
                        call(running("/usr/bin/qemu-system-x86", "", null), "userfaultfd", 0).returning(3)),
                of("Performance counter opened in a container", call(OWN, "perf_event_open", 0, 0, -1, -1, 8, 1, 0).returning(3),
                        call(running("/opt/java/bin/java", "", null), "perf_event_open", 0, 0, -1, -1, 8, 1, 0).returning(3)),
                of("File in memory made by an interpreter", call(tool("/usr/bin/python3.12", "x.py"), "memfd_create", 0, 1, "x")
                                .returning(3),
                        call(tool("/usr/bin/python3.12", "app.py"), "memfd_create", 0, 1, "libffi").returning(3)),
                of("Kernel module call made by another program",
                        call(OWN, "finit_module", 3, 0, 0, "/tmp/rootkit.ko", "").returning(EPERM),
                        call(running("/usr/sbin/modprobe", "ip_vs", running("/usr/bin/kube-proxy", "", null)),
                                "finit_module", 3, 0, 0, "/lib/modules/ip_vs.ko", "")),
                of("Kernel exchanged or machine stopped from a container", call(OWN, "kexec_load", 0, 0, 0, 0).returning(EPERM),
                        call(running("/sbin/init", "", null), "reboot", 1, 2, 0, 0).returning(EPERM)));
    }

    private static List<RuleCase> escapes() {
        String mounted = "Disk of the node mounted in a container";
        TestProcess driver = running("/bin/csi-node", "", null);
        return List.of(
                of("Root file system exchanged in a container", call(OWN, "pivot_root", 0, 0, "/tmp/r", "/tmp/r/old"),
                        call(RUNC, "pivot_root", 0, 0, ".", ".")),
                of("Mounted node file system made the root by a program", call(OWN, "chroot", 0, "/host"),
                        call(running("/usr/sbin/sshd", "-D", null), "chroot", 0, "/run/sshd")),
                of("Namespace entered by a program", call(OWN, "setns", 3, 0, NEW_NET, 1),
                        call(running("/usr/bin/calico-node", "-felix", null), "setns", 3, 0, NEW_NET, 1)),
                of("Namespace entered by a program", call(OWN, "setns", 3, 0, NEW_NET, 1), call(RUNC, "setns", 3, 0, NEW_NET, 1)),
                of("User namespace made by a program", call(OWN, "unshare", NEW_USER), call(OWN, "unshare", NEW_NET)),
                of("User namespace made by a program", call(OWN, "unshare", NEW_USER | NEW_NET),
                        call(tool("/usr/bin/bwrap", "x"), "unshare", NEW_USER)),
                of(mounted, call(OWN, "mount", 0, 0, 0, 0, 0, "/dev/sda1", "/mnt", "ext4", "").returning(EPERM),
                        call(OWN, "mount", 0, 0, 0, BIND, 0, "/dev/sda1", "/mnt/x", "", "")),
                of(mounted, call(OWN, "mount", 0, 0, 0, 0, 0, "/dev/nvme0n1p1", "/mnt", "ext4", ""),
                        call(running("/bin/mount", "/dev/nvme1n1 /var/lib/kubelet/x", driver), "mount", 0, 0, 0, 0, 0,
                                "/dev/nvme1n1", "/var/lib/kubelet/x", "ext4", "")),
                of("Control groups mounted in a container", call(OWN, "mount", 0, 0, 0, 0, 0, "x", "/tmp/c", "cgroup", "rdma"),
                        call(RUNC, "mount", 0, 0, 0, 0, 0, "cgroup", "/sys/fs/cgroup/rdma", "cgroup", "rdma")));
    }

    private static List<RuleCase> rights() {
        ProcessView unprivileged = new WithCapabilities(tool("/opt/odd", ""), BINDER);
        ProcessView administrator = new WithCapabilities(tool("/opt/odd", ""), ADMINISTRATOR);
        return List.of(
                of("Interpreter or dropped program made itself root",
                        call(tool("/usr/bin/python3", "-c os.setuid(0)").withUser(0, 0), "setuid", 0),
                        call(tool("/usr/bin/python3", "-c os.setuid(0)"), "setuid", 0).returning(EPERM)),
                of("Interpreter or dropped program made itself root", call(DROPPED.withUser(0, 0), "setresuid", 0, 0, 0),
                        call(tool("/usr/bin/sudo", "id").withUser(0, 0), "setresuid", 0, 0, 0)),
                of("Capabilities gained while running", call(unprivileged, "capset", 0, 0, ADMINISTRATOR, ADMINISTRATOR, 0),
                        call(administrator, "capset", 0, 0, ADMINISTRATOR, ADMINISTRATOR, 0)),
                of("Capabilities gained while running", call(unprivileged, "capset", 0, 0, -1L, -1L, 0),
                        call(unprivileged, "capset", 0, 0, BINDER, BINDER, 0)),
                of("Set-user-id bit set by a program", chmod(OWN, "/usr/bin/odd", 04755), chmod(OWN, "/srv/shared", 02775)),
                of("Set-user-id bit set by a program", chmod(OWN, "/usr/bin/odd", 04755),
                        chmod(running("/usr/bin/dpkg", "-i x", null), "/usr/bin/sudo", 04755)));
    }

    private static List<RuleCase> files() {
        String removed = "Shell history or system log removed by a program";
        String linked = "Link to a secret file or to the root made";
        String moved = "Persistence path moved or linked to in a container";
        String forged = "File time forged by a program";
        return List.of(
                of(forged, call(OWN, "utimensat", "/usr/bin/sshd", -100, 0, 0, 0, 0, YEAR_2020),
                        call(OWN, "utimensat", "/usr/bin/sshd", -100, 0, 0, 0, Long.MAX_VALUE, Long.MAX_VALUE)),
                of(forged, call(OWN, "futimesat", "/etc/cron.d/x", -100, 0, 0, 0, YEAR_2020),
                        call(OWN, "futimesat", "/srv/upload.jpg", -100, 0, 0, 0, YEAR_2020)),
                of(forged, call(OWN, "utimes", "/lib/x.so", 0, 0, 0, YEAR_2020),
                        call(OWN, "utimes", "/lib/x.so", 0, 0, 0, YEAR_2020).returning(EPERM)),
                of(forged, call(INTRUDER, "utime", "/etc/passwd", 0, 0, 0, YEAR_2020),
                        call(running("/bin/tar", "xf x.tar", INTRUDER), "utime", "/etc/passwd", 0, 0, 0, YEAR_2020)),
                of(linked, change(OWN, "symlink", "/srv/www/s.txt", "/etc/shadow"),
                        change(OWN, "symlink", "/srv/www/s.txt", "/etc/hostname")),
                of(linked, change(tool("/bin/ln", "-s / /var/log/x"), "symlinkat", "/var/log/x", "/"),
                        change(scripted("/bin/ln", "-s / /srv/root"), "symlinkat", "/srv/root", "/")),
                of(linked, change(OWN, "link", "/etc/shadow", "/srv/www/s.txt"),
                        change(OWN, "link", "/etc/shadow", "/srv/www/s.txt").returning(EPERM)),
                of(removed, change(OWN, "unlink", "/root/.bash_history", ""),
                        change(running("/usr/sbin/logrotate", "", null), "rename", "/var/log/syslog", "/var/log/syslog.1")),
                of(removed, change(OWN, "rename", "/var/log/wtmp", "/tmp/x"), change(OWN, "unlink", "/var/log/app.log", "")),
                of(moved, change(OWN, "rename", "/tmp/x", "/etc/cron.d/x"), change(OWN, "rename", "/etc/cron.d/x", "/tmp/x")),
                of(moved, change(typed("/bin/mv", "k /root/.ssh/authorized_keys"), "renameat2", "/tmp/k",
                                "/root/.ssh/authorized_keys"),
                        change(running("/usr/bin/dpkg", "", null), "rename", "/etc/cron.d/x.dpkg-new", "/etc/cron.d/x")));
    }

    private static List<RuleCase> network() {
        String tied = "Standard streams tied to a connection";
        String opened = "Port opened by a shell, its tool or a dropped program";
        String data = "Data carried in a DNS question";
        return List.of(
                of(tied, dup(OWN, 0, "203.0.113.9", 4444), dup(OWN, 7, "203.0.113.9", 4444)),
                of(tied, dup(INTRUDER, 1, "10.0.0.5", 80), dupFile(INTRUDER, 1, "/tmp/out")),
                of(opened, listen(tool("/bin/nc", "-l -p 4444"), "0.0.0.0", 4444), listen(SERVER, "0.0.0.0", 8080)),
                of(opened, listen(tool("/usr/bin/python3", "-c import socket"), "0.0.0.0", 9001),
                        listen(running("/usr/bin/python3", "-m http.server", ENTRYPOINT), "0.0.0.0", 8000)),
                of(opened, listen(DROPPED, "0.0.0.0", 4444), listen(DROPPED, "0.0.0.0", 4444).returning(EPERM)),
                of("Connection taken by a shell, its tool or a dropped program", accept(DROPPED, "10.0.0.5", 4444),
                        accept(DROPPED, "127.0.0.1", 4444)),
                of("Packet socket opened in a container", socket(OWN, AF_PACKET, SOCK_RAW), socket(OWN, AF_INET, SOCK_RAW)),
                of(data, question(SERVER, "a".repeat(60) + ".t.example", 1), question(SERVER, "a".repeat(40) + ".cdn.example", 1)),
                of(data, question(SERVER, "x.t.example", NULL), question(SERVER, "_dmarc.example.com", TXT)),
                of(data, question(SERVER, "abc.defgh.".repeat(19) + "t.example", TXT),
                        question(SERVER, ("1.".repeat(32)) + "ip6.arpa", 12)));
    }

    /** As its exec told. */
    private record WithCapabilities(TestProcess process, long capPermitted) implements ProcessView {
        @Override
        public int pid() {
            return process.pid();
        }

        @Override
        public int containerPid() {
            return process.containerPid();
        }

        @Override
        public long startTime() {
            return process.startTime();
        }

        @Override
        public String name() {
            return process.name();
        }

        @Override
        public String exePath() {
            return process.exePath();
        }

        @Override
        public List<String> args() {
            return process.args();
        }

        @Override
        public String cwd() {
            return process.cwd();
        }

        @Override
        public int uid() {
            return process.uid();
        }

        @Override
        public int gid() {
            return process.gid();
        }

        @Override
        public int execFlags() {
            return process.execFlags();
        }

        @Override
        public long capEffective() {
            return capPermitted;
        }

        @Override
        public ProcessView parent() {
            return process.parent();
        }
    }
}
