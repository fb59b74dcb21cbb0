package io.kubeguardian.rules;

import static io.kubeguardian.rules.RuleCase.INTRUDER;
import static io.kubeguardian.rules.RuleCase.SERVER;
import static io.kubeguardian.rules.RuleCase.of;
import static io.kubeguardian.rules.RuleCase.scripted;
import static io.kubeguardian.rules.RuleCase.tool;
import static io.kubeguardian.rules.RuleCase.typed;
import static io.kubeguardian.rules.TestEvent.exec;
import static io.kubeguardian.rules.TestProcess.running;

import java.util.List;

/** hiding.yaml. */
final class HidingRuleCases {
    private HidingRuleCases() {}

    static List<RuleCase> all() {
        TestProcess disguised = tool("/srv/x", "");
        return List.of(
                of("Encoded text decoded and run", exec(typed("/bin/bash", "-c echo aWQK | base64 -d | bash")),
                        exec(typed("/bin/bash", "-c echo aWQK | base64 -d > id"))),
                of("Encoded text decoded and run", exec(tool("/usr/bin/python3", "-c exec(base64.b64decode('aWQK'))")),
                        exec(tool("/usr/bin/python3", "-c print(base64.b64decode('aWQK'))"))),
                of("File time forged", exec(tool("/usr/bin/touch", "-r /bin/ls /srv/x")), exec(tool("/usr/bin/touch",
                        "/srv/x"))),
                of("Hidden program run", exec(tool("/var/lib/.x/work", "")), exec(tool("/root/.cargo/bin/work", ""))),
                of("Program under a kernel thread's name", exec(tool("/srv/kworker", "")), exec(tool("/srv/worker", ""))),
                of("Program under a kernel thread's name",
                        exec(new TestProcess(1100, 50, disguised.name(), disguised.exePath(), List.of("[kworker/0:1]"),
                                "/srv", 0, 0, 0,
                                INTRUDER)),
                        exec(new TestProcess(1100, 50, "[", "/usr/bin/[", List.of("[", "-f", "x", "]"), "/srv", 0, 0, 0,
                                INTRUDER))),
                of("System program's name in an unusual place", exec(tool("/var/lib/app/sshd", "")),
                        exec(tool("/usr/sbin/sshd", ""))),
                of("Security tool stopped", exec(tool("/usr/bin/pkill", "-9 falco")), exec(tool("/usr/bin/pkill",
                        "-9 worker"))),
                of("Security tool stopped", exec(tool("/usr/sbin/setenforce", "0")), exec(tool("/usr/sbin/setenforce", "1"))),
                of("Firewall opened from a container", exec(tool("/usr/sbin/iptables", "-F")), exec(tool("/usr/sbin/iptables",
                        "-L"))),
                of("Shell told to keep no history", exec(typed("/bin/bash", "-c unset HISTFILE; id")),
                        exec(typed("/bin/bash", "-c history; id"))),
                of("File locked or unlocked by attribute", exec(tool("/usr/bin/chattr", "+i /etc/cron.d/x")),
                        exec(tool("/usr/bin/chattr", "-R +C /var/lib/mysql"))),
                of("Interpreter told to make a file in memory", exec(tool("/usr/bin/python3", "-c os.memfd_create('x')")),
                        exec(tool("/usr/bin/python3", "-c os.open('x')"))),
                of("Program in a temporary place handed to the dynamic linker",
                        exec(tool("/lib64/ld-linux-x86-64.so.2", "/tmp/x")), exec(tool("/lib64/ld-linux-x86-64.so.2",
                                "--list /tmp/x"))),
                of("Compiler started in a running container", exec(tool("/usr/bin/gcc", "x.c")),
                        exec(running("/usr/bin/gcc", "x.c", running("/usr/bin/make", "", SERVER)))),
                of("Compiler started in a running container", exec(typed("/usr/bin/clang", "x.c")),
                        exec(scripted("/usr/bin/clang", "x.c"))));
    }
}
