package io.kubeguardian.runtimepolicy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.baseline.ItemKind;
import io.kubeguardian.baseline.observe.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a policy that people wrote says of items as they are observed. */
class WorkloadAllowanceTest {
    private final WorkloadAllowance allowance = of(Map.of());

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            EXEC    | /srv/orders                            | -               | /srv/orders      | true
            EXEC    | /opt/tools/a/b                         | -               | -                | true
            EXEC    | /opt/tools                             | -               | -                | false
            EXEC    | /bin/sh                                | -               | -                | false
            PARENT  | /srv/orders > /usr/bin/convert         | -               | /usr/bin/convert | true
            PARENT  | /bin/sh > /usr/bin/convert             | -               | /usr/bin/convert | false
            PARENT  | /bin/sh > /srv/orders                  | -               | /srv/orders      | true
            PARENT  | /srv/orders > /bin/sh                  | -               | /bin/sh          | true
            ARGS    | /usr/bin/convert -resize <s> <path>    | -               | /usr/bin/convert | true
            ARGS    | /usr/bin/convert -write <path>         | -               | /usr/bin/convert | false
            ARGS    | /srv/orders --port <n>                 | -               | /srv/orders      | true
            ARGS    | /bin/sh -c <s>                         | -               | /bin/sh          | true
            FILE    | read /etc/hosts                        | -               | -                | true
            FILE    | write /etc/hosts                       | -               | -                | false
            FILE    | read /etc/shadow                       | -               | -                | false
            FILE    | read /srv/data/x                       | -               | -                | true
            FILE    | read /srv/data/x/y                     | -               | -                | false
            FILE    | read /var/log/job-<n>.log              | -               | -                | true
            FILE    | write /tmp/a/b/c                       | -               | -                | true
            FILE    | write /tmp                             | -               | -                | false
            FILE    | list /srv                              | -               | -                | true
            FILE    | change /var/cache/<uuid>               | -               | -                | true
            FILE    | nonsense                               | -               | -                | false
            CONNECT | 10.9.8.7:5432                          | -               | -                | true
            CONNECT | 10.9.8.7:5432/udp                      | -               | -                | false
            CONNECT | 10.9.8.7:5433                          | -               | -                | false
            CONNECT | 11.0.0.1:5432                          | -               | -                | false
            CONNECT | a.b.example.com:443                    | 203.0.113.9:443 | -                | true
            CONNECT | a.b.example.com:443/udp                | 203.0.113.9:443/udp | -            | true
            CONNECT | example.com:443                        | 203.0.113.9:443 | -                | false
            CONNECT | evilexample.com:443                    | 203.0.113.9:443 | -                | false
            CONNECT | api.shop.svc:80                        | 192.0.2.7:80    | -                | true
            CONNECT | 192.0.2.7:80                           | -               | -                | true
            CONNECT | 192.0.2.7:81                           | -               | -                | false
            CONNECT | unknown.name:5432                      | 10.1.1.1:5432   | -                | true
            CONNECT | [2001:db8:0:0:0:0:0:7]:9/udp           | -               | -                | true
            CONNECT | [2001:db9:0:0:0:0:0:7]:9               | -               | -                | false
            CONNECT | nonsense                               | nonsense        | -                | false
            LISTEN  | 8080/tcp                               | -               | -                | true
            LISTEN  | ephemeral/udp                          | -               | -                | true
            LISTEN  | ephemeral/tcp                          | -               | -                | false
            DNS     | x.y.example.com                        | -               | -                | true
            DNS     | db.shop.svc                            | -               | -                | true
            DNS     | shop.svc                               | -               | -                | false
            USER    | 1000                                   | -               | -                | true
            USER    | -2                                     | -               | -                | true
            USER    | 0                                      | -               | -                | false
            CAPABILITY | CAP_CHOWN                           | -               | -                | true
            CAPABILITY | CAP_SYS_ADMIN                       | -               | -                | false
            SYSCALL | read                                   | -               | -                | true
            SYSCALL | mount                                  | -               | -                | false
            """)
    void anItemIsAllowedOrNot(ItemKind kind, String item, String alternative, String program, boolean allowed) {
        assertThat(allowance.allows(kind, item, alternative == null ? "" : alternative, program == null ? "" : program))
                .isEqualTo(allowed);
    }

    @Test
    void policiesOfOneWorkloadAddUpAndOneThatEnforcesIsEnough() {
        WorkloadAllowance both = new WorkloadAllowance(List.of(behaviour("a", Map.of()), behaviour("b", Map.of("mode",
                "enforce", "programs", List.of(Map.of("path", "/bin/sh"),
                        Map.of("path", "/usr/bin/convert", "parents", List.of("/bin/sh")))))));

        assertThat(both.allows(ItemKind.EXEC, "/bin/sh", "", "/bin/sh")).isTrue();
        assertThat(both.allows(ItemKind.EXEC, "/srv/orders", "", "/srv/orders")).isTrue();
        assertThat(both.allows(ItemKind.PARENT, "/bin/sh > /usr/bin/convert", "", "/usr/bin/convert")).isTrue();
        assertThat(both.allows(ItemKind.PARENT, "/bin/ash > /usr/bin/convert", "", "/usr/bin/convert")).isFalse();
        assertThat(both.isEnforced()).isTrue();
        assertThat(both.name()).isEqualTo("shop/a shop/b");
        assertThat(allowance.isEnforced()).isFalse();
    }

    @Test
    void whatIsEmptyAllowsNothingOfItsKind() {
        WorkloadAllowance nothing = of(Map.of("programs", List.of(), "files", Map.of(), "destinations", List.of(), "listen",
                List.of(), "dnsNames", List.of(), "users", List.of(), "capabilities", List.of(), "syscalls", List.of()));

        for (ItemKind kind : List.of(ItemKind.EXEC, ItemKind.FILE, ItemKind.CONNECT, ItemKind.LISTEN, ItemKind.DNS,
                ItemKind.USER, ItemKind.CAPABILITY, ItemKind.SYSCALL)) {
            assertThat(nothing.allows(kind, "read /x", "", "/x")).as(kind.word()).isFalse();
        }
    }

    @Test
    void pathsDeeperThanShapesGoAndShapesThemselvesAreKnown() {
        String deep = "/a/b/c/d/e/f/g/h/i/j";
        WorkloadAllowance deepOnes = of(Map.of("files", Map.of("read", List.of(deep, "/tmp/up-<tmp>", "/x/<n>-<n>/<hex>"))));

        assertThat(deepOnes.allows(ItemKind.FILE, "read " + new Shape().path(deep), "", "")).isTrue();
        assertThat(deepOnes.allows(ItemKind.FILE, "read /a/b/c", "", "")).isFalse();
        assertThat(deepOnes.allows(ItemKind.FILE, "read /tmp/up-<tmp>", "", "")).isTrue();
        assertThat(deepOnes.allows(ItemKind.FILE, "read /x/<n>-<n>/<hex>", "", "")).isTrue();
    }

    private static WorkloadAllowance of(Map<String, Object> more) {
        return new WorkloadAllowance(List.of(behaviour("orders", more)));
    }

    private static AllowedBehaviour behaviour(String name, Map<String, Object> more) {
        return new AllowedBehaviour(RuntimePolicyExamples.policy(name, more));
    }
}
