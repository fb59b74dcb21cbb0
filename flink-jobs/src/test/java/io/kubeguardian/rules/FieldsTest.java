package io.kubeguardian.rules;

import static io.kubeguardian.rules.TestEvent.O_CLOEXEC;
import static io.kubeguardian.rules.TestEvent.O_CREAT;
import static io.kubeguardian.rules.TestEvent.O_DIRECTORY;
import static io.kubeguardian.rules.TestEvent.O_RDONLY;
import static io.kubeguardian.rules.TestEvent.O_TRUNC;
import static io.kubeguardian.rules.TestEvent.O_WRONLY;
import static io.kubeguardian.rules.TestProcess.running;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.schema.EventBits;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each class of fields says of an event. */
class FieldsTest {
    private static final TestProcess SHIM = running("/usr/bin/tini", "--", null);
    private static final TestProcess SERVER = running("/usr/sbin/server", "--port 80", SHIM);
    private static final TestProcess SHELL = running("/bin/sh", "-c id -u", SERVER);

    private static final TestEvent OPEN =
            TestEvent.open(SHELL, "/etc/./app//x.conf", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC).withMode(0755);
    private static final TestEvent CONNECT = TestEvent.connect(SHELL, "10.1.2.3", 5432);
    private static final TestEvent CONNECT6 = TestEvent.connect(SHELL, "2001:db8::7", 443).withResult(-115);
    private static final TestEvent EXEC = TestEvent.exec(SHELL.withFlags(EventBits.EXEC_UPPER_LAYER));

    private static String value(String field, EventView event) {
        return Rules.hit("%" + field, event).output();
    }

    @Test
    void eventAndFileFieldsOfAnOpen() {
        // Given an open, When
        Map<String, String> fields = Rules.hit(
                "%evt.type %evt.dir %evt.time %evt.time.iso8601 %evt.rawtime %evt.rawtime.s %evt.rawtime.ns %evt.hostname %evt.res "
                        + "%evt.rawres %evt.failed %evt.is_open_read %evt.is_open_write %evt.is_open_exec %evt.arg.flags "
                        + "%evt.arg[flags] %evt.arg.mode %evt.arg.name %fd.name %fd.nameraw %fd.directory %fd.filename "
                        + "%fd.num %fd.type %fd.typechar %fd.sip %evt.category %evt.datetime",
                OPEN).outputFields();

        // Then
        assertThat(fields).containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                Map.entry("evt.type", "openat"), Map.entry("evt.dir", "<"), Map.entry("evt.time", "12:34:56.000000789"),
                Map.entry("evt.time.iso8601", "2026-03-01T12:34:56.000000789+0000"),
                Map.entry("evt.datetime", "2026-03-01 12:34:56.000000789"),
                Map.entry("evt.rawtime", "1772368496000000789"), Map.entry("evt.rawtime.s", "1772368496"),
                Map.entry("evt.rawtime.ns", "789"), Map.entry("evt.hostname", "node-1"), Map.entry("evt.res", "SUCCESS"),
                Map.entry("evt.rawres", "3"), Map.entry("evt.failed", "false"), Map.entry("evt.is_open_read", "false"),
                Map.entry("evt.is_open_write", "true"), Map.entry("evt.is_open_exec", "true"),
                Map.entry("evt.arg.flags", "O_TRUNC|O_CREAT|O_WRONLY|O_CLOEXEC"),
                Map.entry("evt.arg[flags]", "O_TRUNC|O_CREAT|O_WRONLY|O_CLOEXEC"),
                Map.entry("evt.arg.mode", "S_IXOTH|S_IROTH|S_IXGRP|S_IRGRP|S_IXUSR|S_IWUSR|S_IRUSR"),
                Map.entry("evt.arg.name", "/etc/./app//x.conf"), Map.entry("fd.name", "/etc/app/x.conf"),
                Map.entry("fd.nameraw", "/etc/./app//x.conf"), Map.entry("fd.directory", "/etc/app"),
                Map.entry("fd.filename", "x.conf"), Map.entry("fd.num", "3"), Map.entry("fd.type", "file"),
                Map.entry("fd.typechar", "f"), Map.entry("fd.sip", "<NA>"), Map.entry("evt.category", "file")));
    }

    @ParameterizedTest
    @CsvSource({
        "evt.type, connect", "fd.name, 0.0.0.0:0->10.1.2.3:5432", "fd.sip, 10.1.2.3", "fd.rip, 10.1.2.3",
        "fd.ip, 10.1.2.3", "fd.sport, 5432", "fd.rport, 5432", "fd.port, 5432", "fd.type, ipv4", "fd.typechar, 4",
        "fd.sockfamily, ip", "fd.connected, true", "fd.name_changed, true", "fd.num, <NA>", "evt.arg.flags, <NA>",
        "fd.directory, <NA>",
    })
    void fieldsOfAConnection(String field, String expected) {
        assertThat(value(field, CONNECT)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "fd.name, :::0->2001:db8::7:443", "fd.type, ipv6", "fd.connected, false", "evt.res, EINPROGRESS",
        "evt.rawres, -115",
    })
    void fieldsOfAConnectionUnderWay(String field, String expected) {
        assertThat(value(field, CONNECT6)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "evt.type, execve", "proc.name, sh", "proc.exe, sh", "proc.exepath, /bin/sh", "proc.cmdline, sh -c id -u",
        "proc.exeline, sh -c id -u", "proc.args, -c id -u", "proc.cmdnargs, 3", "proc.cwd, /srv/", "proc.pid, 1013",
        "proc.vpid, 13", "proc.ppid, 1007", "proc.pvpid, 7", "proc.pname, server", "proc.pexe, server",
        "proc.pexepath, /usr/sbin/server", "proc.pcmdline, server --port 80", "proc.aname[2], tini",
        "proc.aname, server->tini", "proc.apid[1], 1007", "proc.acmdline[1], server --port 80",
        "proc.aexepath[2], /usr/bin/tini", "proc.aexe[2], tini", "proc.aname[3], <NA>",
        "proc.is_exe_upper_layer, true", "proc.is_exe_from_memfd, false", "user.uid, 1000", "user.name, <NA>",
        "group.gid, 1000", "evt.arg.exe, sh", "evt.arg.args, -c id -u", "proc.tty, 0", "proc.vmsize, <NA>", "toupper(proc.name), SH",
    })
    void processAndUserFieldsOfAnExec(String field, String expected) {
        assertThat(value(field, EXEC)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"0, root", "8, mail", "65534, nobody", "33, <NA>", "1, <NA>"})
    void usersHaveNamesWhereTheirNumbersMeanTheSameEverywhere(int uid, String expected) {
        assertThat(value("user.name", TestEvent.exec(SHELL.withUser(uid, 0)))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "container.id, 0123456789ab", "container.name, server",
        "container.image, registry.example:5000/shop/server:1.4",
        "container.image.repository, registry.example:5000/shop/server", "container.image.tag, 1.4",
        "k8s.ns.name, shop", "k8s.pod.name, server-7d9f-x2x", "k8s.pod.uid, 6f1c2e5a-0000-4000-8000-000000000001",
        "k8s.pod.label[app], server", "k8s.pod.label.tier, web", "k8s.pod.label[none], <NA>",
        "k8s.pod.full_name, shop/server-7d9f-x2x", "k8s.deployment.name, server", "k8s.rs.name, <NA>",
    })
    void containerAndPodFields(String field, String expected) {
        assertThat(value(field, EXEC)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "container.id, host", "container.full_id, host", "container.name, host", "container.image, <NA>",
        "container.image.tag, <NA>", "k8s.pod.name, <NA>", "evt.hostname, node-1",
    })
    void fieldsOutsideAnyContainer(String field, String expected) {
        assertThat(value(field, EXEC.onHost())).isEqualTo(expected);
    }

    @Test
    void networksAndAddressesCompareAsSuch() {
        // Given
        List<String> conditions = List.of("fd.sip = 10.1.2.3", "fd.snet = 10.0.0.0/8", "fd.net in (192.168.0.0/16, \"10.1.0.0/16\")",
                "fd.ip != 127.0.0.1", "fd.rip in (1.1.1.1, 10.1.2.3)", "fd.ip = ::ffff:10.1.2.3", "fd.net != 10.2.0.0/16",
                "fd.snet in (0.0.0.0/0)");

        // When
        List<Boolean> answers = conditions.stream().map(condition -> Rules.matches(condition, CONNECT)).toList();

        // Then
        assertThat(answers).containsOnly(true);
    }

    @Test
    void addressesOfSixteenBytesCompareAsSuch() {
        // Given
        List<String> conditions = List.of("fd.sip = 2001:db8:0:0::7", "fd.snet = 2001:db8::/32", "fd.snet in (2001:db8::/127, 2001:db8::6/127)");

        // When
        List<Boolean> answers = conditions.stream().map(condition -> Rules.matches(condition, CONNECT6)).toList();

        // Then
        assertThat(answers).containsOnly(true);
    }

    @Test
    void aFailedOpenHasNoDescriptorAndItsReason() {
        // Given
        TestEvent event = TestEvent.open(SHELL, "/etc/shadow", O_RDONLY).withResult(-13);

        // When
        String output = Rules.hit("%fd.num %evt.res %evt.rawres %evt.failed %fd.name", event).output();

        // Then
        assertThat(output).isEqualTo("-1 EACCES -13 true /etc/shadow");
    }

    @Test
    void aDirectoryIsNoFile() {
        assertThat(value("fd.type", TestEvent.open(SHELL, "/etc", O_RDONLY | O_DIRECTORY))).isEqualTo("directory");
    }

    @ParameterizedTest
    @CsvSource({"/../../etc/shadow, /etc/shadow", "/a/b/../c, /a/c", "a/../../b, ../b", "/.hidden/x, /.hidden/x", "/, /",
        "//, /", "/a/., /a"})
    void detoursAreTakenOutOfPaths(String path, String expected) {
        assertThat(value("fd.name", TestEvent.open(SHELL, path, O_RDONLY))).isEqualTo(expected);
    }

    @Test
    void aLocalSocketIsNamedByItsPath() {
        assertThat(Rules.hit("%fd.name %fd.type %fd.sip", TestEvent.connectUnix(SHELL, "/run/x.sock")).output())
                .isEqualTo("/run/x.sock unix <NA>");
    }

    @Test
    void anExitHasAStatus() {
        assertThat(Rules.hit("%evt.type %evt.arg.status %evt.res", TestEvent.exit(SHELL, 256)).output())
                .isEqualTo("procexit 256 <NA>");
    }

    @Test
    void anOpenLikeCreatIsCreat() {
        assertThat(Rules.matches("evt.type = creat", OPEN)).isTrue();
    }

    @Test
    void anEndlessRowOfAncestorsEnds() {
        // Given
        ProcessView[] loop = new ProcessView[1];
        loop[0] = new ProcessView() {
            private final TestProcess base = running("/bin/loop", "", null);

            @Override
            public int pid() {
                return base.pid();
            }

            @Override
            public int containerPid() {
                return base.containerPid();
            }

            @Override
            public long startTime() {
                return base.startTime();
            }

            @Override
            public String name() {
                return base.name();
            }

            @Override
            public String exePath() {
                return base.exePath();
            }

            @Override
            public List<String> args() {
                return base.args();
            }

            @Override
            public String cwd() {
                return base.cwd();
            }

            @Override
            public int uid() {
                return base.uid();
            }

            @Override
            public int gid() {
                return base.gid();
            }

            @Override
            public int execFlags() {
                return 0;
            }

            @Override
            public ProcessView parent() {
                return this;
            }
        };

        // When
        boolean found = Rules.matches("proc.aname = nobody", TestEvent.exec(loop[0]));

        // Then
        assertThat(found).isFalse();
    }

    @Test
    void anOutputKeepsTextAroundItsFields() {
        assertThat(Rules.hit("*%evt.type: 100%% of %proc.name.bak (%proc.pid) <%proc.aname[2]>", EXEC).output())
                .isEqualTo("execve: 100% of sh.bak (1013) <tini>");
    }
}
