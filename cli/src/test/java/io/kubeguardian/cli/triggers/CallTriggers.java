package io.kubeguardian.cli.triggers;

import static io.kubeguardian.cli.triggers.RuleTrigger.of;
import static io.kubeguardian.cli.triggers.RuleTrigger.run;
import static io.kubeguardian.cli.triggers.RuleTrigger.shell;

import io.kubeguardian.cli.triggers.RuleTrigger.Act;
import java.util.List;

/**
 * The built-in rules about system calls, with programs of bpf/triggers that make the call. What would change the machine
 * fails: there is no such disk or module in the container, and what is asked for is no kernel.
 *
 * <p>Left out: control groups of version 1, which are the whole machine's, and capabilities gained in a user namespace,
 * for which no program is there.
 */
final class CallTriggers {
    /** Both times of a file: two times seconds and nanoseconds, of 64 bits each. */
    private static final String YEAR_2001 = "%80c84f3a00000000" + "0000000000000000" + "80c84f3a00000000";

    private CallTriggers() {}

    static List<RuleTrigger> all() {
        return List.of(
                of("Process attached to or changed by ptrace", later("/bin/reach_into attach"), later("/bin/reach_into kill"),
                        "evt.type = kill and proc.name = reach_into"),
                of("Memory of another process written", later("/bin/reach_into write"), later("/bin/reach_into queue"),
                        "evt.type = rt_sigqueueinfo"),
                of("Memory or descriptors of another process taken", later("/bin/reach_into read"),
                        later("/bin/reach_into pidfd"),
                        "evt.type = pidfd_send_signal"),
                of("BPF program loaded in a container", later("/bin/raw_call 64 321 5 %00 72"),
                        later("/bin/raw_call 64 321 0 %ff 72"), "evt.type = bpf and evt.arg.cmd contains BPF_MAP_CREATE"),
                of("Ring for input and output set up in a container", later("/bin/by_io_uring open /etc/hostname"),
                        later("/bin/raw_call 64 425 0 %00"), "evt.type = io_uring_setup and evt.rawres < 0"),
                of("Page faults taken over in a container", later("/bin/raw_call 64 323 0"), later("/bin/raw_call 64 323 0xffff"),
                        "evt.type = userfaultfd and evt.rawres < 0"),
                of("Performance counter opened in a container", later("/bin/raw_call 64 298 %63000000 0 -1 -1 8"),
                        later("/usr/bin/java 64 298 %63000000 0 -1 -1 8"), "evt.type = perf_event_open and proc.name = java"),
                of("File in memory made by an interpreter", later("/usr/bin/python3 64 319 :x 1"),
                        later("/usr/bin/python3 64 319 :libffi 1"), "evt.type = memfd_create and evt.arg.name = libffi"),
                of("Kernel module call made by another program", later("/bin/raw_call 64 313 @/etc/hostname : 0"),
                        later("/usr/sbin/kube-proxy 64 313 @/etc/hostname : 0"),
                        "evt.type = finit_module and evt.arg.path = /etc/hostname"),
                of("Kernel exchanged or machine stopped from a container", later("/bin/raw_call 64 246 1 0 0 0xffff"),
                        later("/usr/sbin/tini 64 246 1 0 0 0xffff"), "evt.type = kexec_load and proc.name = tini"),
                of("Root file system exchanged in a container", later("/bin/change_root pivot /srv"),
                        later("/bin/raw_call 64 155 :/no :/no"),
                        "evt.type = pivot_root and evt.rawres < 0"),
                of("Mounted node file system made the root by a program", later("/bin/raw_call 64 161 :/mnt"),
                        later("/bin/raw_call 64 161 :/srv"), "evt.type = chroot and evt.arg.path = /srv and evt.rawres = 0"),
                of("Namespace entered by a program", later("/bin/reach_into join"),
                        later("/bin/raw_call 64 308 @/etc/hostname 0"),
                        "evt.type = setns and evt.rawres < 0"),
                of("User namespace made by a program", later("/bin/raw_call 64 272 0x10000000"),
                        later("/bin/raw_call 64 272 0x04000000"),
                        "evt.type = unshare and evt.arg.flags = CLONE_NEWUTS and evt.rawres = 0"),
                of("Disk of the node mounted in a container", later("/bin/raw_call 64 165 :/dev/sda1 :/mnt :ext4 0 0"),
                        later("/bin/raw_call 64 165 :/dev/sda1 :/mnt :ext4 4096 0"),
                        "evt.type = mount and evt.arg.flags contains BIND"),
                of("Interpreter or dropped program made itself root", later("/usr/bin/python3 64 105 0"),
                        later("/usr/bin/python3 64 105 65534"), "evt.type = setuid and user.uid = 65534"),
                of("Set-user-id bit set by a program", later("/bin/change_file chmod /srv orders.db 4755"),
                        later("/bin/change_file chmod /srv orders.db 2755"),
                        "evt.type = chmod and evt.arg.mode contains S_ISGID"),
                of("File time forged by a program", later("/bin/raw_call 64 280 -100 :/etc/hostname " + YEAR_2001),
                        later("/bin/raw_call 64 280 -100 :/srv/orders.db " + YEAR_2001),
                        "evt.type = utimensat and evt.arg.mtime = 978307200 and evt.rawres = 0"),
                of("Link to a secret file or to the root made", later("/bin/ln -s /etc/shadow /srv/www/s.txt"),
                        later("/bin/ln -s /etc/hostname /srv/www/h.txt"), "evt.type in (symlink, symlinkat) and evt.rawres = 0"),
                of("Shell history or system log removed by a program", later("/bin/change_file unlink /srv .bash_history"),
                        later("/bin/change_file unlink /srv orders.db"), "evt.type = unlink and evt.rawres = 0"),
                of("Persistence path moved or linked to in a container",
                        later("/bin/change_file rename /srv orders.db /etc/cron.d/orders"),
                        later("/bin/change_file rename /srv orders.db /etc/orders"), "evt.type = rename and evt.rawres = 0"),
                of("Standard streams tied to a connection", later("/bin/dup_fd dup2 udp4 127.0.0.1 9"),
                        later("/bin/dup_fd dup3 udp4 127.0.0.1 9"), "evt.type = dup3 and fd.type = ipv4"),
                // It serves itself, by an address that is not the loopback's.
                of("Port opened by a shell, its tool or a dropped program", serve("/usr/bin/socat"), serve("/bin/serve_once"),
                        "evt.type = accept and fd.rip = 10.9.9.9 and evt.rawres >= 0")
                        .alsoFiring("Connection taken by a shell, its tool or a dropped program"),
                of("Packet socket opened in a container", later("/bin/open_socket 17 3 768"), later("/bin/open_socket 2 3 1"),
                        "evt.type = socket and evt.arg.type contains SOCK_RAW"),
                of("Data carried in a DNS question",
                        DnsExchange.of("0123456789abcdef".repeat(3) + "0123456789.t.example", "10.0.0.5"),
                        DnsExchange.of("db.shop.svc.cluster.local", "10.0.0.5"), "evt.type = dns and dns.response = false"));
    }

    /** Not what the container's start is expected to do: a child of its first process, which is no shell. */
    private static Act later(String command) {
        String[] words = ("/bin/exec_into " + command).split(" ");
        return run(words);
    }

    private static Act serve(String program) {
        return shell("ip address add 10.9.9.9/32 dev lo; exec exec_into " + program + " accept 4 10.9.9.9 0");
    }
}
