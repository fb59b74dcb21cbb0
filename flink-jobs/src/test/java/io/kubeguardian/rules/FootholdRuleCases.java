package io.kubeguardian.rules;

import static io.kubeguardian.rules.RuleCase.ENTRYPOINT;
import static io.kubeguardian.rules.RuleCase.INTRUDER;
import static io.kubeguardian.rules.RuleCase.of;
import static io.kubeguardian.rules.RuleCase.scripted;
import static io.kubeguardian.rules.RuleCase.tool;
import static io.kubeguardian.rules.RuleCase.typed;
import static io.kubeguardian.rules.TestEvent.O_APPEND;
import static io.kubeguardian.rules.TestEvent.O_CREAT;
import static io.kubeguardian.rules.TestEvent.O_RDONLY;
import static io.kubeguardian.rules.TestEvent.O_WRONLY;
import static io.kubeguardian.rules.TestEvent.exec;
import static io.kubeguardian.rules.TestEvent.open;
import static io.kubeguardian.rules.TestProcess.running;

import java.util.List;

/** footholds.yaml. */
final class FootholdRuleCases {
    private static final TestProcess WORKER = running("/usr/sbin/worker", "", RuleCase.SERVER);

    private FootholdRuleCases() {}

    static List<RuleCase> all() {
        return List.of(
                of("Shell start-up file written in a container", open(INTRUDER, "/root/.bashrc", O_WRONLY | O_APPEND),
                        open(INTRUDER, "/root/.bashrc", O_RDONLY)),
                of("Job scheduled by a command", exec(tool("/usr/bin/crontab", "-")), exec(tool("/usr/bin/crontab", "-l"))),
                of("Job scheduled by a command", exec(typed("/usr/bin/at", "now + 1 minute")),
                        exec(scripted("/usr/bin/crontab", "/etc/jobs"))),
                of("Service or device rule written in a container",
                        open(WORKER, "/etc/init.d/x", O_WRONLY | O_CREAT), open(WORKER, "/etc/init.d/x", O_RDONLY)),
                of("Library preloaded from a temporary place",
                        exec(typed("/bin/sh", "-c LD_PRELOAD=/tmp/x.so /usr/sbin/server")),
                        exec(typed("/bin/sh", "-c LD_PRELOAD=/usr/lib/libjemalloc.so.2 /usr/sbin/server"))),
                of("Account made or promoted in a container", exec(tool("/usr/sbin/useradd", "-m x")),
                        exec(scripted("/usr/sbin/useradd", "-m app"))),
                of("Account or login settings written in a container", open(WORKER, "/etc/passwd", O_WRONLY | O_APPEND),
                        open(ENTRYPOINT, "/etc/passwd", O_WRONLY | O_APPEND)),
                of("Account or login settings written in a container", open(WORKER, "/etc/sudoers.d/x", O_WRONLY | O_CREAT),
                        open(WORKER, "/etc/subuid", O_WRONLY)),
                of("Set-user-id bit set in a container", exec(tool("/bin/chmod", "4755 /srv/x")),
                        exec(tool("/bin/chmod", "0755 /srv/x"))),
                of("Set-user-id bit set in a container", exec(typed("/bin/chmod", "u+s /srv/x")),
                        exec(typed("/bin/chmod", "g+s /srv/shared"))),
                of("System program overwritten in a container", open(WORKER, "/usr/bin/ps", O_WRONLY),
                        open(running("/usr/bin/dpkg", "-i x.deb", ENTRYPOINT), "/usr/bin/ps", O_WRONLY)),
                of("Script written to an upload folder", open(WORKER, "/var/www/html/uploads/a.php", O_WRONLY | O_CREAT),
                        open(WORKER, "/var/www/html/uploads/a.png", O_WRONLY | O_CREAT)),
                of("Python start-up hook written in a container",
                        open(WORKER, "/usr/lib/python3/dist-packages/x.pth", O_WRONLY | O_CREAT),
                        open(running("/usr/bin/python3", "/usr/bin/pip install x", RuleCase.SERVER),
                                "/usr/lib/python3/dist-packages/x.pth", O_WRONLY | O_CREAT)));
    }
}
