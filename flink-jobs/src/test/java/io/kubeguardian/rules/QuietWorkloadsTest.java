package io.kubeguardian.rules;

import static io.kubeguardian.rules.TestCall.accept;
import static io.kubeguardian.rules.TestCall.call;
import static io.kubeguardian.rules.TestCall.change;
import static io.kubeguardian.rules.TestCall.chmod;
import static io.kubeguardian.rules.TestCall.dup;
import static io.kubeguardian.rules.TestCall.dupFile;
import static io.kubeguardian.rules.TestCall.listen;
import static io.kubeguardian.rules.TestCall.question;
import static io.kubeguardian.rules.TestCall.socket;
import static io.kubeguardian.rules.TestEvent.O_APPEND;
import static io.kubeguardian.rules.TestEvent.O_CLOEXEC;
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

import io.kubeguardian.schema.Priority;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What ordinary containers do, from their entrypoint to their health probes, is no reason to wake anybody. */
class QuietWorkloadsTest {
    private static final RuleSet RULES = RuleSet.loadBuiltIn();

    private static final int READ = O_RDONLY | O_CLOEXEC;
    /** CLONE_NEWNS, _NEWUTS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET. */
    private static final long NEW_NAMESPACES = 0x7c020000L;
    private static final int CREATE = O_WRONLY | O_CREAT | O_TRUNC;
    private static final String TOKEN = "/run/secrets/kubernetes.io/serviceaccount/..2026_03_01_12_00_00.1/token";

    static Stream<Arguments> workloads() {
        return Stream.of(
                arguments("nginx", nginx()),
                arguments("postgres", postgres()),
                arguments("redis", redis()),
                arguments("a Java service", java()),
                arguments("gunicorn behind an entrypoint script", gunicorn()),
                arguments("a cron sidecar", cron()),
                arguments("a Node service with npm start", node()),
                arguments("a log shipper", logShipper()),
                arguments("a metrics collector", metrics()),
                arguments("an operator", operator()),
                arguments("a busybox init container", initContainer()),
                arguments("a container being made by runc", making()),
                arguments("system calls of services", calls()),
                arguments("names that services ask for", questions()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("workloads")
    void anOrdinaryWorkloadRaisesNoWarning(String what, List<EventView> life) {
        // Given its events
        List<String> alarms = new ArrayList<>();

        // When
        life.forEach(event -> RULES.evaluate(event, hit -> {
            if (hit.rule().priority().compareTo(Priority.WARNING) <= 0) {
                alarms.add(hit.rule().name() + ": " + hit.output());
            }
        }));

        // Then
        assertThat(alarms).as(what).isEmpty();
    }

    @Test
    void aShellOfAWebServerThatIsBusyboxItselfStillCounts() {
        // Given
        TestProcess server = script("httpd", "/bin/busybox", "-f -h /www", null);
        TestEvent event = exec(script("sh", "/bin/busybox", "-c id", server));

        // When
        List<String> hits = Rules.hits(RULES, event);

        // Then
        assertThat(hits).containsExactly("Shell spawned by a server process");
    }

    private static List<EventView> nginx() {
        TestProcess entrypoint = script("/docker-entrypoint.sh", "/usr/bin/dash", "nginx -g daemon off;", null);
        TestProcess tuning = script("/docker-entrypoint.d/30-tune-worker-processes.sh", "/usr/bin/dash", "", entrypoint);
        TestProcess master = running("/usr/sbin/nginx", "-g daemon off;", null);
        TestProcess worker = running("/usr/sbin/nginx", "", master);
        TestProcess find = running("/usr/bin/find", "/docker-entrypoint.d/ -mindepth 1 -maxdepth 1 -type f -print -quit",
                entrypoint);
        return List.of(
                exec(entrypoint), open(entrypoint, "/docker-entrypoint.sh", READ),
                fork(entrypoint), exec(find), exit(find, 0),
                exec(running("/usr/bin/sort", "-V", entrypoint)),
                exec(tuning), exec(running("/usr/bin/nproc", "", tuning)), exec(running("/usr/bin/touch",
                        "/etc/nginx/conf.d/x", tuning)),
                open(tuning, "/proc/1/cgroup", READ), open(running("/usr/bin/grep", "-v x", tuning), "/proc/1/mountinfo", READ),
                exec(running("/usr/bin/sed", "-i -E s/80/8080/ /etc/nginx/conf.d/default.conf", tuning)),
                exec(master), open(master, "/etc/passwd", READ), open(master, "/etc/group", READ),
                open(master, "/etc/nginx/tls/tls.key", READ), open(master, "/var/log/nginx/access.log",
                        O_WRONLY | O_CREAT | O_APPEND),
                fork(master), open(worker, "/usr/share/nginx/html/uploads/cat.png", READ),
                open(worker, "/var/cache/nginx/client_temp/0000000001", O_RDWR | O_CREAT),
                connect(worker, "10.2.0.8", 8080), connect(worker, "10.96.0.10", 53), connect(worker, "10.2.0.8", 9000));
    }

    private static List<EventView> postgres() {
        TestProcess entrypoint = script("/usr/local/bin/docker-entrypoint.sh", "/usr/bin/bash", "postgres", null).withUser(0,
                0);
        TestProcess initdb = running("/usr/lib/postgresql/16/bin/initdb", "-D /var/lib/postgresql/data", entrypoint);
        TestProcess shell = running("/bin/sh", "-c \"/usr/lib/postgresql/16/bin/postgres\" -V", initdb);
        TestProcess server = running("/usr/lib/postgresql/16/bin/postgres", "-D /var/lib/postgresql/data", null);
        TestProcess backend = running("/usr/lib/postgresql/16/bin/postgres", "", server);
        TestProcess probe = running("/bin/sh", "-c exec pg_isready -U postgres -h 127.0.0.1 -p 5432", null);
        return List.of(
                exec(entrypoint), exec(running("/usr/bin/id", "-u", entrypoint)),
                exec(running("/usr/bin/mkdir", "-p /var/lib/postgresql/data", entrypoint)),
                exec(running("/usr/bin/chmod", "00700 /var/lib/postgresql/data", entrypoint)),
                exec(running("/usr/bin/chmod", "03775 /var/run/postgresql", entrypoint)),
                exec(running("/usr/bin/find", "/var/lib/postgresql/data ! -user postgres -exec chown postgres {} +",
                        entrypoint)),
                exec(running("/usr/local/bin/gosu", "postgres docker-entrypoint.sh postgres", entrypoint)),
                open(running("/usr/local/bin/gosu", "postgres x", entrypoint), "/etc/passwd", READ),
                exec(initdb), open(initdb, "/etc/passwd", READ), exec(shell),
                open(entrypoint, "/var/lib/postgresql/data/pg_hba.conf", O_WRONLY | O_CREAT | O_APPEND),
                exec(running("/usr/lib/postgresql/16/bin/psql", "-v ON_ERROR_STOP=1 --no-password -d postgres", entrypoint)),
                exec(server), open(server, "/proc/self/oom_score_adj", O_WRONLY), open(server, "/dev/shm/PostgreSQL.1",
                        O_RDWR | O_CREAT),
                open(server, "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", READ), open(server, "/proc/meminfo",
                        READ),
                open(backend, "/var/lib/postgresql/data/base/5/2619", O_RDWR), connect(backend, "10.2.0.9", 5432),
                exec(probe), exec(running("/usr/lib/postgresql/16/bin/pg_isready", "-U postgres -h 127.0.0.1", null)),
                connect(running("/usr/lib/postgresql/16/bin/pg_isready", "", null), "127.0.0.1", 5432));
    }

    private static List<EventView> redis() {
        TestProcess entrypoint = script("/usr/local/bin/docker-entrypoint.sh", "/bin/busybox", "redis-server", null);
        TestProcess server = running("/usr/local/bin/redis-server", "*:6379", null);
        TestProcess child = running("/usr/local/bin/redis-server", "", server);
        TestProcess probe = running("/bin/sh", "-c redis-cli -h localhost ping | grep PONG", null);
        return List.of(
                exec(entrypoint), exec(running("/bin/busybox", "find . ! -user redis -exec chown redis {} +", entrypoint)),
                exec(running("/usr/bin/setpriv", "--reuid=redis --regid=redis --clear-groups redis-server", entrypoint)),
                exec(running("/usr/sbin/chroot", "--userspec=redis / redis-server", entrypoint)),
                exec(server), open(server, "/sys/kernel/mm/transparent_hugepage/enabled", READ),
                open(server, "/proc/sys/vm/overcommit_memory", READ), open(server, "/proc/7/smaps", READ),
                open(child, "/data/temp-7.rdb", CREATE), connect(server, "10.2.0.9", 6379), connect(server, "10.2.0.9", 26379),
                exec(probe), exec(running("/usr/local/bin/redis-cli", "-h localhost ping", probe)),
                exec(running("/bin/busybox", "grep PONG", probe)),
                connect(running("/usr/local/bin/redis-cli", "", probe), "127.0.0.1", 6379));
    }

    private static List<EventView> java() {
        TestProcess jvm = running("/opt/java/openjdk/bin/java", "-XX:MaxRAMPercentage=75 -jar /app/shop.jar", null);
        TestProcess probe = running("/usr/bin/curl", "-fsS http://localhost:8080/actuator/health", null);
        return List.of(
                exec(jvm), open(jvm, "/proc/1/cgroup", READ), open(jvm, "/proc/1/mountinfo", READ), open(jvm,
                        "/proc/1/status", READ),
                open(jvm, "/proc/1/maps", READ), open(jvm, "/proc/1/coredump_filter", READ), open(jvm,
                        "/sys/fs/cgroup/cpu.max", READ),
                open(jvm, "/tmp/hsperfdata_app/1", O_RDWR | O_CREAT), open(jvm, "/tmp/snappy-1.1.10-libsnappyjava.so", CREATE),
                open(jvm, "/etc/ssl/certs/java/cacerts", READ), open(jvm, "/app/shop.jar", READ), open(jvm, TOKEN, READ),
                open(jvm, "/dev/urandom", READ), open(jvm, "/srv/uploads/order-7.pdf", CREATE),
                exec(running("/usr/bin/uname", "-o", jvm)), exec(running("/usr/lib/jvm/bin/jspawnhelper", "16:17", jvm)),
                connect(jvm, "10.2.0.9", 5432), connect(jvm, "10.2.0.9", 9092), connect(jvm, "10.96.0.1", 443),
                connect(jvm, "10.2.0.9", 2379), connect(jvm, "203.0.113.80", 443), connect(jvm, "203.0.113.80", 587),
                connect(jvm, "169.254.169.254", 80), connect(jvm, "2001:db8::80", 443), connect(jvm, "10.2.0.9", 9999),
                exec(probe), connect(probe, "127.0.0.1", 8080));
    }

    private static List<EventView> gunicorn() {
        TestProcess entrypoint = script("/app/entrypoint.sh", "/usr/bin/bash", "", null);
        TestProcess wait = running("/usr/bin/bash", "-c cat < /dev/null > /dev/tcp/db/5432", entrypoint);
        TestProcess python = running("/usr/local/bin/python3.12", "manage.py migrate", entrypoint);
        TestProcess master = script("/usr/local/bin/gunicorn", "/usr/local/bin/python3.12", "shop.wsgi --workers 4", null);
        TestProcess worker = script("/usr/local/bin/gunicorn", "/usr/local/bin/python3.12", "", master);
        return List.of(
                exec(entrypoint), exec(running("/usr/bin/nc", "-z -w 1 db 5432", entrypoint)),
                connect(running("/usr/bin/nc", "-z db 5432", entrypoint), "10.2.0.9", 5432), connect(wait, "10.2.0.9", 5432),
                exec(running("/usr/bin/env", "python manage.py check", entrypoint)),
                exec(running("/usr/bin/whoami", "", entrypoint)), exec(running("/usr/bin/hostname", "-i", entrypoint)),
                open(entrypoint, "/etc/passwd", O_WRONLY | O_APPEND), exec(python),
                open(python, "/usr/local/lib/python3.12/site-packages/distutils-precedence.pth", READ),
                open(python, "/app/shop/__pycache__/settings.cpython-312.pyc", CREATE),
                exec(running("/sbin/ldconfig", "-p", python)), exec(running("/usr/bin/uname", "-rs", python)),
                exec(master), open(master, "/tmp/wgunicorn-x1", O_RDWR | O_CREAT), open(worker, "/app/media/cat.jpg", CREATE),
                open(worker, "/app/templates/index.html", READ), connect(worker, "10.2.0.9", 5432), connect(worker,
                        "10.2.0.9", 6379),
                connect(worker, "203.0.113.80", 443), connectUnix(worker, "/run/app.sock"), connect(worker, "10.2.0.9", 4317));
    }

    private static List<EventView> cron() {
        TestProcess entrypoint = running("/bin/sh", "-c crontab /etc/jobs && crond -f", null);
        TestProcess daemon = running("/usr/sbin/crond", "-f", entrypoint);
        TestProcess job = running("/bin/sh", "-c /backup.sh", daemon);
        TestProcess backup = script("/backup.sh", "/bin/busybox", "", job);
        TestProcess dump = running("/usr/bin/pg_dump", "-h db shop", backup);
        TestProcess upload = running("/usr/bin/curl", "-T /backup/shop.sql.gz https://backup.example/", backup);
        return List.of(
                exec(entrypoint), exec(running("/usr/bin/crontab", "/etc/jobs", entrypoint)),
                open(daemon, "/var/spool/cron/crontabs/root", READ), exec(daemon), exec(job), exec(backup), exec(dump),
                connect(dump, "10.2.0.9", 5432), exec(running("/bin/gzip", "-9 /backup/shop.sql", backup)),
                exec(running("/usr/bin/touch", "-d yesterday /backup/mark", backup)),
                exec(running("/usr/bin/find", "/backup -mtime +7 -delete", backup)),
                exec(upload), connect(upload, "203.0.113.80", 443), exec(running("/usr/bin/rclone", "copy /backup s3:b",
                        backup)),
                exec(running("/usr/bin/aws", "s3 cp /backup/shop.sql.gz s3://b/", backup)), exec(running("/usr/bin/id", "-u",
                        backup)));
    }

    private static List<EventView> node() {
        TestProcess npm = new TestProcess(1001, 1, "node", "/usr/local/bin/node", List.of("node", "/usr/local/bin/npm",
                "start"),
                "/app", 1000, 1000, 0, null);
        TestProcess shell = running("/bin/sh", "-c node server.js", npm);
        TestProcess server = running("/usr/local/bin/node", "server.js", shell);
        return List.of(
                exec(npm), open(npm, "/root/.npmrc", READ), open(npm, "/app/package.json", READ), exec(shell), exec(server),
                open(npm, "/home/node/.npm/_logs/2026.log", CREATE), open(server, "/app/node_modules/express/index.js", READ),
                open(server, "/proc/1/cgroup", READ), open(server, "/etc/ssl/openssl.cnf", READ), connect(server, "10.2.0.9",
                        27017),
                connect(server, "10.2.0.9", 6379), connect(server, "203.0.113.80", 443), connect(server, "10.96.0.10", 53));
    }

    private static List<EventView> logShipper() {
        TestProcess bit = running("/fluent-bit/bin/fluent-bit", "-c /fluent-bit/etc/fluent-bit.conf", null);
        TestProcess fluentd = script("/usr/local/bundle/bin/fluentd", "/usr/local/bin/ruby", "-c /fluentd/etc/fluent.conf",
                null);
        TestProcess vector = running("/usr/bin/vector", "--config /etc/vector/vector.yaml", null);
        return List.of(
                exec(bit), open(bit, "/var/log/containers/server_shop_x.log", READ), open(bit, "/var/log/flb_kube.db",
                        O_RDWR | O_CREAT),
                open(bit, TOKEN, READ), connect(bit, "10.96.0.1", 443), connect(bit, "10.2.0.1", 10250), connect(bit,
                        "10.2.0.9", 9200),
                exec(fluentd), open(fluentd, "/var/log/pods/x/0.log", READ), open(fluentd, "/var/log/x.pos", O_RDWR | O_CREAT),
                connect(fluentd, "10.2.0.9", 24224), exec(vector), open(vector, "/var/log/syslog", READ), open(vector,
                        "/var/log/auth.log", READ),
                open(vector, "/var/log/journal/1/system.journal", READ), connect(vector, "203.0.113.80", 443));
    }

    private static List<EventView> metrics() {
        TestProcess prometheus = running("/bin/prometheus", "--config.file=/etc/prometheus/prometheus.yml", null);
        TestProcess exporter = running("/bin/node_exporter", "--path.rootfs=/host/root", null);
        return List.of(
                exec(prometheus), open(prometheus, "/prometheus/chunks_head/000001", O_RDWR | O_CREAT), open(prometheus,
                        TOKEN, READ),
                connect(prometheus, "10.2.0.1", 10250), connect(prometheus, "10.2.0.1", 2379), connect(prometheus, "10.2.0.1",
                        10257),
                connect(prometheus, "10.2.0.1", 9100), exec(exporter), open(exporter, "/host/proc/1/mounts", READ),
                open(exporter, "/proc/1/mountinfo", READ), open(exporter, "/host/sys/class/net/eth0/address", READ));
    }

    private static List<EventView> operator() {
        TestProcess manager = running("/manager", "--leader-elect", null);
        return List.of(
                exec(manager), open(manager, TOKEN, READ), open(manager, "/tmp/k8s-webhook-server/serving-certs/tls.key", READ),
                connect(manager, "10.96.0.1", 443), connect(manager, "10.2.0.1", 6443), open(manager, "/proc/self/mountinfo",
                        READ));
    }

    private static List<EventView> initContainer() {
        TestProcess shell = running("/bin/sh", "-c until nslookup db; do sleep 2; done; chown -R 1000 /data", null);
        TestProcess sysctl = running("/sbin/sysctl", "-w vm.max_map_count=262144", null);
        return List.of(
                exec(shell), exec(running("/bin/nslookup", "db.shop.svc.cluster.local", shell)),
                exec(running("/bin/sleep", "2", shell)), exec(running("/bin/chown", "-R 1000:1000 /data", shell)),
                exec(running("/bin/chmod", "-R g+rwX /data", shell)), exec(running("/bin/wget", "-qO- http://db:8080/health",
                        shell)),
                connect(running("/bin/wget", "", shell), "10.2.0.9", 8080), exec(sysctl),
                open(sysctl, "/proc/sys/vm/max_map_count", CREATE), exec(running("/bin/cp", "-r /plugins /data", shell)),
                open(running("/bin/cp", "-r /plugins /data", shell), "/data/plugins/agent.so", CREATE));
    }

    /** As the runtime does from within: it has joined the control group, and its own exec came before that. */
    private static List<EventView> making() {
        TestProcess parent = TestProcess.unknown("runc:[1:CHILD]");
        TestProcess init = TestProcess.unknown("runc:[2:INIT]");
        TestProcess gosu = running("/usr/local/bin/gosu", "app server", null).withUser(0, 0);
        return List.of(
                call(parent, "unshare", NEW_NAMESPACES), call(parent, "setresuid", 0, 0, 0), call(init, "setns", 6, 0, 0, 0),
                call(init, "mount", 0, 0, 0, 0, 0, "proc", "/proc", "proc", ""),
                call(init, "mount", 0, 0, 0, 0, 0, "cgroup", "/sys/fs/cgroup/pids", "cgroup", "pids"),
                call(init, "mount", 0, 0, 0, 4096, 0, "/dev/sda1", "/etc/hosts", "bind", ""),
                change(init, "symlink", "/dev/fd", "/proc/self/fd"), change(init, "mkdirat", "/dev/shm", ""),
                call(init, "pivot_root", 0, 0, ".", "."), call(init, "umount2", 0, 2, "."), call(init, "setgroups", 0, 0),
                call(init, "capset", 0, 0, 1L << 21 | 1, 1L << 21 | 1, 0), call(init, "setuid", 0),
                call(init, "prctl", 38, 1), call(init, "seccomp", 1, 1, 0), exec(gosu), call(gosu, "setgroups", 1, 0),
                call(gosu, "setgid", 1000), call(gosu, "setuid", 1000), call(gosu, "capset", 0, 0, 0, 0, 0));
    }

    private static List<EventView> calls() {
        TestProcess jvm = running("/opt/java/openjdk/bin/java", "-jar /app/shop.jar", null);
        TestProcess postgres = running("/usr/lib/postgresql/18/bin/postgres", "-D /data", null);
        TestProcess node = running("/usr/local/bin/node", "server.js", null);
        TestProcess python = running("/usr/local/bin/python3.12", "-m gunicorn shop.wsgi", null);
        TestProcess nginx = running("/usr/sbin/nginx", "-g daemon off;", null).withUser(0, 0);
        TestProcess sshd = running("/usr/sbin/sshd", "-D", null).withUser(0, 0);
        TestProcess shell = running("/bin/sh", "-c backup >/tmp/out", nginx);
        TestProcess tini = running("/sbin/tini", "-- server", null);
        return List.of(
                call(jvm, "prctl", 4, 0), call(jvm, "kill", 77, 15), call(jvm, "memfd_create", 0, 0, "java"),
                call(jvm, "perf_event_open", 0, 0, -1, -1, 8, 1, 0), listen(jvm, "0.0.0.0", 8080),
                accept(jvm, "10.2.0.9", 8080), change(jvm, "rename", "/srv/data/x.tmp", "/srv/data/x"),
                call(postgres, "io_uring_setup", 64, 0, 0).returning(9), call(postgres, "kill", 31, 12),
                call(node, "io_uring_setup", 64, 0, 2).returning(9), call(python, "memfd_create", 0, 1, "libffi").returning(3),
                call(nginx, "setuid", 101), call(nginx, "setgid", 101), call(nginx, "capset", 0, 0, 1L << 10, 1L << 10, 0),
                listen(nginx, "0.0.0.0", 80), change(nginx, "unlink", "/var/cache/nginx/x", ""),
                call(sshd, "chroot", 0, "/run/sshd"), call(sshd, "setresuid", 1000, 1000, 1000),
                dup(sshd, 0, "10.2.0.9", 40000), dupFile(shell, 1, "/tmp/out"), chmod(nginx, "/var/cache/nginx", 0700),
                chmod(postgres, "/var/run/postgresql", 03775), change(python, "symlink", "/srv/current", "/srv/releases/7"),
                call(tini, "kill", 7, 15), socket(jvm, 2, 1), socket(running("/bin/busybox", "ping db", shell), 2, 3));
    }

    /** The search list of a pod makes five questions of one. */
    private static List<EventView> questions() {
        TestProcess jvm = running("/opt/java/openjdk/bin/java", "-jar /app/shop.jar", null);
        return List.of(
                question(jvm, "orders.shop.svc.cluster.local", 1),
                question(jvm, "internal-k8s-shop-ingress-0123456789-1234567890.eu-central-1.elb.amazonaws.com.shop"
                        + ".svc.cluster.local", 28),
                question(jvm, "internal-k8s-shop-ingress-0123456789-1234567890.eu-central-1.elb.amazonaws.com", 1),
                question(jvm, "_grpclb._tcp.a-rather-long-name-of-a-headless-service-in-some-namespace-0.svc.cluster.local", 33),
                question(jvm, "8.b.d.0.1.0.0.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa", 12),
                question(jvm, "selector1-example-com._domainkey.example.onmicrosoft.com", 16),
                question(jvm, "0123456789abcdef0123456789abcdef.gr7.eu-west-1.eks.amazonaws.com", 1));
    }

    /** A script's process has the script's name and its interpreter's program; the first process when it has no parent. */
    private static TestProcess script(String path, String interpreter, String arguments, TestProcess parent) {
        TestProcess named = running(path, arguments, parent);
        List<String> args = new ArrayList<>(List.of(interpreter, path));
        args.addAll(named.args().subList(1, named.args().size()));
        return new TestProcess(named.pid(), named.containerPid(), named.name(), interpreter, List.copyOf(args), "/", 1000,
                1000, 0,
                parent);
    }
}
