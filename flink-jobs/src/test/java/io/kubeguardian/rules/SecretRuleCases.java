package io.kubeguardian.rules;

import static io.kubeguardian.rules.RuleCase.SERVER;
import static io.kubeguardian.rules.RuleCase.of;
import static io.kubeguardian.rules.RuleCase.scripted;
import static io.kubeguardian.rules.RuleCase.tool;
import static io.kubeguardian.rules.RuleCase.typed;
import static io.kubeguardian.rules.TestEvent.O_RDONLY;
import static io.kubeguardian.rules.TestEvent.O_RDWR;
import static io.kubeguardian.rules.TestEvent.exec;
import static io.kubeguardian.rules.TestEvent.open;
import static io.kubeguardian.rules.TestProcess.running;

import java.util.List;
import java.util.stream.Stream;

/** secrets.yaml and discovery.yaml. */
final class SecretRuleCases {
    private SecretRuleCases() {}

    static List<RuleCase> all() {
        return Stream.of(secrets(), discovery()).flatMap(List::stream).toList();
    }

    private static List<RuleCase> secrets() {
        TestProcess cat = tool("/bin/cat", "file");
        return List.of(
                of("Search for keys and passwords", exec(tool("/usr/bin/find", "/ -name id_rsa*")),
                        exec(tool("/usr/bin/find", "/srv -name *.log"))),
                of("Search for keys and passwords", exec(typed("/bin/grep", "-rl PRIVATE KEY /")),
                        exec(typed("/bin/grep", "-rl ERROR /var/log"))),
                of("Environment of a process read by a tool", open(cat, "/proc/7/environ", O_RDONLY),
                        open(SERVER, "/proc/7/environ", O_RDONLY)),
                of("Memory of a process opened", open(SERVER, "/proc/9/mem", O_RDWR), open(SERVER, "/proc/9/maps", O_RDONLY)),
                of("Debugger started in a container", exec(typed("/usr/bin/gdb", "-p 7")),
                        exec(running("/usr/bin/gdbserver", ":9000 app", null))),
                of("Store of a browser or password manager read", open(cat, "/root/.mozilla/firefox/x/logins.json", O_RDONLY),
                        open(running("/usr/bin/firefox", "", null), "/root/.mozilla/firefox/x/logins.json", O_RDONLY)),
                of("Store of a browser or password manager read", open(SERVER, "/home/x/vault.kdbx", O_RDONLY),
                        open(SERVER, "/home/x/vault.json", O_RDONLY)),
                of("Secrets of the node read from a container",
                        open(SERVER, "/host/var/lib/kubelet/pki/kubelet-client-current.pem", O_RDONLY),
                        open(running("/usr/bin/kubelet", "", null), "/var/lib/kubelet/pki/kubelet.key", O_RDONLY)),
                of("Secrets of the node read from a container",
                        open(SERVER, "/var/lib/kubelet/pods/6f/volumes/kubernetes.io~secret/db/password", O_RDONLY),
                        open(SERVER, "/var/lib/kubelet/pods/6f/volumes/kubernetes.io~csi/db/mount/x", O_RDONLY)),
                of("Tokens of a cloud or developer tool read by a tool", open(cat, "/root/.config/gh/hosts.yml", O_RDONLY),
                        open(SERVER, "/root/.npmrc", O_RDONLY)),
                of("Password guessing program started", exec(typed("/usr/bin/hydra", "-l root ssh://10.2.0.9")),
                        exec(typed("/usr/bin/hydrate", "x"))),
                of("Network sniffer started in a running container", exec(tool("/usr/sbin/tcpdump", "-i eth0")),
                        exec(running("/usr/sbin/tcpdump", "-i eth0", null))));
    }

    private static List<RuleCase> discovery() {
        return List.of(
                of("System looked over from a server's shell", exec(tool("/usr/bin/whoami", "")),
                        exec(typed("/usr/bin/whoami", ""))),
                of("System looked over from a server's shell", exec(tool("/bin/uname", "-a")), exec(scripted("/bin/uname",
                        "-m"))),
                of("Environment printed from a server's shell", exec(tool("/usr/bin/env", "")),
                        exec(tool("/usr/bin/env", "LANG=C sort"))),
                of("Container examined from within", open(tool("/bin/cat", "/proc/1/cgroup"), "/proc/1/cgroup", O_RDONLY),
                        open(SERVER, "/proc/1/cgroup", O_RDONLY)),
                of("Accounts listed", exec(tool("/usr/bin/getent", "passwd")), exec(tool("/usr/bin/getent", "passwd 1000"))),
                of("Attack toolkit started", exec(typed("/srv/linpeas.sh", "-a")), exec(typed("/srv/lint.sh", "-a"))),
                of("Attack toolkit started", exec(typed("/bin/sh", "/srv/deepce.sh")), exec(typed("/bin/sh", "/srv/deep.sh"))),
                of("Search for ways to become root", exec(tool("/usr/bin/find", "/ -perm -4000 -type f")),
                        exec(tool("/usr/bin/find", "/srv -perm -0600 -type f"))),
                of("Search for ways to become root", exec(typed("/sbin/getcap", "-r /")), exec(typed("/sbin/getcap",
                        "/bin/ping"))));
    }
}
