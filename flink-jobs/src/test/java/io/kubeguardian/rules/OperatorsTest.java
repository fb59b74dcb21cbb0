package io.kubeguardian.rules;

import static io.kubeguardian.rules.TestEvent.O_RDONLY;
import static io.kubeguardian.rules.TestProcess.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every operator, on an open of /etc/nginx/nginx.conf (fd 3) by nginx, child of bash, child of sshd. */
class OperatorsTest {
    private static final TestProcess NGINX = running("/usr/sbin/nginx", "-g daemon",
            running("/bin/bash", "", running("/usr/sbin/sshd", "-D", null)));
    private static final TestEvent EVENT = TestEvent.open(NGINX, "/etc/nginx/nginx.conf", O_RDONLY);

    @ParameterizedTest
    @ValueSource(strings = {
        "proc.name = nginx",
        "proc.name == 'nginx'",
        "proc.name != apache",
        "fd.num = 3",
        "fd.num == 0x3",
        "fd.num < 4 and fd.num <= 3 and fd.num > 2 and fd.num >= 3",
        "fd.num in (1, 2, 3)",
        "fd.num > -1",
        "proc.name > 1",
        "proc.name in (apache, \"nginx\")",
        "proc.name intersects (nginx, apache)",
        "fd.name pmatch (/etc/nginx, /usr)",
        "fd.name pmatch (/etc/ngin*)",
        "fd.name pmatch (/)",
        "fd.name contains nginx/",
        "fd.name icontains NGINX/",
        "fd.name bcontains 6e67696e78",
        "fd.name bstartswith 2f657463",
        "fd.name startswith /etc",
        "(fd.name startswith /usr or fd.name startswith /etc or fd.name startswith /etc/nginx)",
        "(fd.name = /a or fd.name in (/b, /etc/nginx/nginx.conf))",
        "fd.name endswith .conf",
        "fd.name glob '/etc/*.conf'",
        "fd.name glob '/etc/ngin[w-y]/????[!a]?conf'",
        "fd.name iglob '/ETC/*.CONF'",
        "fd.name regex '/etc/[a-z]+/.*'",
        "proc.name exists",
        "proc.aname = sshd",
        "proc.aname in (init, bash)",
        "proc.aname startswith ss",
        "proc.aname[2] = sshd",
        "proc.aname[0] = nginx",
        "toupper(proc.name) = NGINX",
        "tolower(proc.name) = nginx",
        "basename(proc.exepath) = nginx",
        "basename(proc.exepath) = val(proc.name)",
        "b64(k8s.pod.label[enc]) exists or not b64(k8s.pod.label[enc]) exists",
        "len(proc.name) = 5 and len(proc.name) >= 5",
        "join('-', (proc.name, fd.num)) = nginx-3",
        "toupper(proc.aname) = SSHD",
        "proc.name != val(proc.pname)",
        "proc.pid > val(proc.ppid)",
        "proc.name = anyof (apache, nginx)",
        "proc.name = oneof (apache, nginx)",
        "fd.name contains allof (etc, conf)",
        "not fd.name contains allof (etc, zzz)",
        "proc.name = nginx and fd.num = 9 or fd.num = 3",
        "not proc.name = apache and not not proc.name = nginx",
        "evt.type = openat and evt.type in (open, execve) and not evt.type = connect and evt.type != connect",
        "evt.type startswith open",
        "evt.is_open_read = true and evt.is_open_write = false",
    })
    void isTrue(String condition) {
        // Given the event, When
        boolean matches = Rules.matches(condition, EVENT);

        // Then
        assertThat(matches).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "proc.name = Nginx",
        "proc.name != nginx",
        "fd.num != 3",
        "fd.num > 3 or fd.num < 3",
        "proc.name in ()",
        "fd.name pmatch (/etc/ngin)",
        "fd.name bcontains ff",
        "fd.name startswith etc",
        "(fd.name startswith /etc/nginx/x or fd.name startswith /etd or fd.name startswith /a)",
        "fd.name glob 'nginx*'",
        "fd.name glob '*.con'",
        "fd.name regex 'nginx'",
        "proc.aname = nginx",
        "proc.aname[3] exists",
        "proc.aname[3] != x",
        "fd.name contains allof ()",
        "proc.name = oneof (nginx, nginx)",
        "fd.sip = 10.0.0.1",
        "fd.sip != 10.0.0.1",
        "proc.vmsize = 0",
        "evt.type = creat",
        "evt.type != openat",
        "b64(proc.name) = x",
    })
    void isFalse(String condition) {
        // Given the event, When
        boolean matches = Rules.matches(condition, EVENT);

        // Then
        assertThat(matches).isFalse();
    }

    @Test
    void aMissingValueMakesAComparisonFalseAndItsNegationTrue() {
        // Given
        TestEvent event = TestEvent.exec(TestProcess.unknown("x"));

        // When
        boolean[] answers = {
            Rules.matches("proc.pname = bash", event), Rules.matches("proc.pname != bash", event),
            Rules.matches("proc.pname exists", event), Rules.matches("not proc.pname = bash", event),
            Rules.matches("not proc.ppid > 0", event)
        };

        // Then
        assertThat(answers).containsExactly(false, false, false, true, true);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "fd.num = three",
        "fd.num in (1, two)",
        "fd.num > 1.5",
        "fd.num contains 3",
        "evt.is_open_read = maybe",
        "fd.sip = example.org",
        "fd.snet = 10.0.0.0/33",
        "fd.sip startswith 10.",
        "fd.name regex '['",
        "fd.name bcontains xyz",
        "fd.name bcontains 123",
        "fd.name glob '+(a|b)'",
        "proc.aname[x] = a",
        "proc.name[1] = a",
        "k8s.pod.label = a",
        "toupper(fd.num) = A",
        "fd.num = val(proc.name)",
        "proc.name regex val(fd.name)",
    })
    void whatSuitsNeitherFieldNorOperatorIsRefused(String condition) {
        // Given a rule with the condition, When
        assertThatThrownBy(() -> Rules.load(Rules.rule(condition)))

                // Then
                .isInstanceOf(RuleLoadException.class)
                .hasMessageStartingWith("a.yaml:6:");
    }
}
