package io.kubeguardian.cli.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeguardian.cli.CommandRun;
import io.kubeguardian.schema.CaptureFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TestCommandTest {
    private static final Path CAPTURES = Path.of("demo/capture").toAbsolutePath();

    /** Prints all that a test can say about an event. */
    private static final String ECHO = """
            - rule: echo
              desc: everything
              condition: evt.type exists
              output: >-
                %evt.type by=%proc.cmdline exe=%proc.exepath comm=%proc.name cwd=%proc.cwd up=%proc.aname uid=%user.uid
                gid=%group.gid fd=%fd.name res=%evt.res flags=%evt.arg.flags mode=%evt.arg.mode upper=%proc.is_exe_upper_layer
                memfd=%proc.is_exe_from_memfd pod=%k8s.pod.full_name label=%k8s.pod.label[app] owner=%k8s.deployment.name
                image=%container.image name=%container.name id=%container.id node=%evt.hostname
              priority: DEBUG
            """;

    @TempDir
    Path folder;

    @Test
    void expectedAlertsOfWrittenEventsPass() throws Exception {
        CommandRun run = test("""
                tests:
                  - name: a shell out of a server reads password hashes
                    pod: {namespace: shop, name: web-1}
                    events:
                      - exec: /bin/sh -c 'cat /etc/shadow'
                        parent: /usr/sbin/nginx -g "daemon off;"
                      - exec: /bin/cat /etc/shadow
                        parent: sh
                      - {open: /etc/shadow, process: cat}
                    expect:
                      - rule: Shell spawned by a server process
                        output: [pod=shop/web-1, "command=sh -c cat /etc/shadow", "nginx -g daemon off;"]
                        count: 1
                      - Stored credentials read
                    forbid: others
                """);

        assertThat(run.out()).isEqualTo("ok    a shell out of a server reads password hashes\n1 passed\n");
        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
    }

    @Test
    void whatDiffersIsSaidWithItsPlaceAndWhatCameInstead() throws Exception {
        CommandRun run = test("""
                tests:
                  - name: wrong in three ways
                    events:
                      - connect: 10.0.0.5:443
                        process: /tmp/x
                      - connect: 10.0.0.6:443
                        process: /tmp/x
                    expect:
                      - Crypto miner started
                      - {rule: Outbound connection by a program run from a temporary place, output: 10.0.0.9}
                  - name: must not
                    events: [{exec: /bin/apt-get update}]
                    forbid: [Package manager run in a container]
                """);

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out())
                .contains("FAIL  wrong in three ways  (" + folder.resolve("t.yaml") + ":2)\n")
                .contains("- Crypto miner started: expected at least once, never came  (" + folder.resolve("t.yaml") + ":9)")
                .contains("expected at least once with an output that contains \"10.0.0.9\", never came; with other outputs 2 times")
                .contains("what came:\n        Outbound connection")
                .contains("+ Package manager run in a container: forbidden, came 1 time")
                .endsWith("0 passed, 2 failed\n");
    }

    @Test
    void whatRanBeforeSetsTheSceneAndFiresNothing() throws Exception {
        CommandRun run = test("""
                tests:
                  - name: the miner ran before
                    events:
                      - open: /etc/hosts
                        process: {run: /usr/bin/xmrig, parent: /bin/bash}
                    forbid: others
                """);

        assertThat(run.out()).contains("ok");
        assertThat(run.code()).isZero();
    }

    @Test
    void eventsReachTheRulesAsTheyWereWritten() throws Exception {
        Files.writeString(folder.resolve("echo.yaml"), ECHO);

        CommandRun run = test("""
                rules: echo.yaml
                tests:
                  - name: all there is
                    pod: {namespace: shop, name: web-1, uid: u, labels: {app: web}, workload: Deployment/web, node: n7}
                    container: {name: front, image: "nginx:1.27", id: abc}
                    events:
                      - exec:
                          {run: [x, "a b"], exe: /srv/x, name: thing, user: 33, cwd: /srv, from: upper-layer,
                           parent: {run: /bin/b, parent: /bin/a}}
                      - {open: /srv/../etc/f, process: thing, flags: [O_CREAT, O_WRONLY], mode: 0600, result: EACCES}
                      - {connect: "[2001:db8::1]:53", process: /bin/a, result: ECONNREFUSED}
                      - {connect: /run/x.sock, process: {run: /memfd:x, from: memfd}}
                    expect:
                      - rule: echo
                        output:
                          - execve by=thing a b exe=/srv/x comm=thing cwd=/srv/ up=b->a uid=33 gid=33
                          - upper=true memfd=false pod=shop/web-1 label=web owner=web
                          - image=nginx:1.27 name=front id=abc node=n7
                        count: 1
                      - {rule: echo, output: fd=/etc/f res=EACCES flags=O_CREAT|O_WRONLY mode=S_IWUSR|S_IRUSR, count: 1}
                      - {rule: echo, output: [by=a exe=/bin/a, "fd=:::0->2001:db8::1:53 res=ECONNREFUSED"], count: 1}
                      - {rule: echo, output: [comm=memfd:x, fd=/run/x.sock res=SUCCESS, memfd=true], count: 1}
                      - {rule: echo, count: 4}
                """);

        assertThat(run.out()).isEqualTo("ok    all there is\n1 passed\n");
    }

    @Test
    void aProcessOfTheHostIsInNoContainer() throws Exception {
        Files.writeString(folder.resolve("echo.yaml"), ECHO);

        CommandRun run = test("""
                rules: [built-in, echo.yaml]
                tests:
                  - name: host
                    host: true
                    events: [{exec: /usr/bin/apt-get update}]
                    expect: {rule: echo, output: id=host}
                    forbid: others
                """);

        assertThat(run.out()).contains("ok    host");
    }

    @Test
    void aCaptureIsRunWithItsPodsNames() throws Exception {
        CommandRun run = test("""
                tests:
                  - name: the demo's attack
                    capture: [%1$s/normal.avro, %1$s/attack.avro]
                    expect:
                      - {rule: Shell spawned by a server process, output: pod=shop/orders, count: 3}
                      - Program run from a temporary or writable place
                    forbid: [Crypto miner started, Shell history erased]
                """.formatted(CAPTURES));

        assertThat(run.out()).endsWith("1 passed\n");
        assertThat(run.code()).isZero();
    }

    @Test
    void whatWasNormalIsLeftInPeace() throws Exception {
        CommandRun run = test("tests: [{name: a, capture: %s/normal.avro, forbid: others}]".formatted(CAPTURES));

        assertThat(run.out()).endsWith("1 passed\n");
    }

    @Test
    void aCaptureWithoutEventsProvesNothing() throws Exception {
        new CaptureFile.Writer(folder.resolve("c.avro")).close();

        CommandRun run = test("tests: [{name: a, capture: c.avro, forbid: others}]");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("c.avro: the capture holds no events").hasLineCount(1);
    }

    @Test
    void theExampleOfTheDocumentationPasses() throws Exception {
        String page = Files.readString(Path.of("../docs/rules-test.md"));
        String example = page.substring(page.indexOf("```yaml\n") + 8, page.indexOf("```\n", page.indexOf("```yaml\n")));
        Files.writeString(folder.resolve("my-rules.yaml"), ECHO.replace("evt.type exists", "proc.name = nothing-runs-this"));
        for (String capture : new String[] {"normal.avro", "attack.avro"}) {
            Files.copy(CAPTURES.resolve(capture), folder.resolve(capture));
        }

        CommandRun run = test(example);

        assertThat(run.err()).isEmpty();
        assertThat(run.out()).endsWith("3 passed\n");
    }

    @Test
    void jsonSaysTheSame() throws Exception {
        write("""
                tests:
                  - name: a
                    events: [{exec: /bin/apt-get update}]
                    expect: [Crypto miner started]
                """);

        CommandRun run = CommandRun.of("rules", "test", "--format", "json", folder.resolve("t.yaml").toString());

        JsonNode report = new ObjectMapper().readTree(run.out());
        assertThat(run.code()).isEqualTo(1);
        assertThat(report.path("passed").asBoolean()).isFalse();
        assertThat(report.at("/tests/0/failures/0").asText()).startsWith("- Crypto miner started: expected at least once");
        assertThat(report.at("/tests/0/fired/Package manager run in a container").asInt()).isEqualTo(1);
        assertThat(report.at("/tests/0/alerts/0/output").asText()).contains("apt-get update");
    }

    @Test
    void whyARuleCannotFireIsSaid() throws Exception {
        Files.writeString(folder.resolve("r.yaml"), ECHO + "  enabled: false\n"
                + ECHO.replace("rule: echo", "rule: never").replace("evt.type exists", "evt.type = semop"));

        CommandRun run = test("""
                rules: r.yaml
                tests: [{name: a, events: [{exec: /bin/a}], expect: [echo, never]}]
                """);

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).contains("never came; the rule is disabled")
                .contains("never came; no sensor provides what the rule needs");
    }

    static Stream<Arguments> wrongFiles() {
        String test = "tests:\n  - name: a\n    ";
        String event = test + "expect: [Crypto miner started]\n    events:\n      - ";
        return Stream.of(
                arguments("", "1:1: the file is empty"),
                arguments("tests: [", "not YAML: "),
                arguments("[]", "1:1: expected keys: rules, tests"),
                arguments("rules: built-in\n", "1:1: the file has no tests"),
                arguments("tests: []", "1:8: there are no tests"),
                arguments("tests: 7", "1:8: expected a list"),
                arguments("tets: []", "1:1: unknown key tets; did you mean tests?"),
                arguments("tests: []\ntests: []", "2:1: key tests stands twice"),
                arguments("rules: none.yaml\ntests: []", "none.yaml:1:1: rule file does not exist"),
                arguments("rules: [\"a\\0b\"]\ntests: []", "1:9: 'a b' is no path"),
                arguments("tests:\n  - events: []", "2:5: the test has no name"),
                arguments(test + "expect: [x]", "2:5: expected either capture or events"),
                arguments(test + "capture: x\n    events: []", "2:5: expected either capture or events"),
                arguments(test + "events: [{exec: /a}]", "2:5: the test expects and forbids nothing"),
                arguments(test + "capture: none.avro\n    forbid: others", "3:14: capture "),
                arguments(test + "capture: none.avro\n    host: true\n    forbid: others", "4:11: host belongs to events"),
                arguments(test + "events: [{exec: /a}]\n    expect: [Cripto miner started]",
                        "4:14: no rule 'Cripto miner started'; did you mean Crypto miner started?"),
                arguments(test + "events: [{exec: /a}]\n    expect: [{output: x}]", "4:14: expected a rule's name"),
                arguments(test + "events: [{exec: /a}]\n    expect: [{rule: Crypto miner started, count: -1}]",
                        "4:50: '-1' is no number from 1"),
                arguments(test + "events: [{exec: /a}]\n    expect: Crypto miner started\n    forbid: Crypto miner started",
                        "5:13: rule 'Crypto miner started' is expected and forbidden"),
                arguments(test + "forbid: others\n    events: []", "4:13: there are no events"),
                arguments(test + "forbid: others\n    host: yes\n    events: [{exec: /a}]", "4:11: 'yes' is neither"),
                arguments(test + "forbid: others\n    host: true\n    pod: {}\n    events: [{exec: /a}]",
                        "5:10: a process of the host is in no pod"),
                arguments(test + "forbid: others\n    pod: {workload: web}\n    events: [{exec: /a}]",
                        "4:21: expected kind/name"),
                arguments(event + "opn: /a", "5:9: unknown key opn; did you mean open?"),
                arguments(event + "{exec: /a, open: /b}", "5:9: expected one of exec, open, connect"),
                arguments(event + "{exec: a b}", "5:16: 'a' is no absolute path"),
                arguments(event + "{exec: \"/bin/sh -c 'x\"}", "5:16: a quote is not closed"),
                arguments(event + "{exec: []}", "5:16: the command is empty"),
                arguments(event + "{exec: /a, flags: O_CREAT}", "5:27: flags does not belong"),
                arguments(event + "{exec: {run: /a, parent: /b}, parent: /c}", "5:47: the process names its parent"),
                arguments(event + "{exec: {run: /a, from: moon}}", "5:32: 'moon' is no origin"),
                arguments(event + "{exec: {run: /a, user: root}}", "5:32: 'root' is no number"),
                arguments(event + "{open: /a}", "5:9: the event has no process"),
                arguments(event + "{open: /a, process: nginx}", "5:29: no process named nginx before"),
                arguments(event + "{open: /a, process: /b, flags: O_CREATE}", "5:40: unknown flag O_CREATE"),
                arguments(event + "{open: /a, process: /b, result: EWHAT}", "5:41: unknown result EWHAT"),
                arguments(event + "{open: /a, process: /b, mode: 999}", "5:39: '999' is no file mode"),
                arguments(event + "{connect: example.com:80, process: /b}", "5:19: 'example.com:80' is no peer"),
                arguments(event + "{connect: 10.0.0.256:80, process: /b}", "5:19: '10.0.0.256:80' is no peer"),
                arguments(event + "{connect: 10.0.0.2:65536, process: /b}", "5:19: '10.0.0.2:65536' is no peer"),
                arguments(event + "{open: /a, process: &p {run: /b, parent: *p}}", "5:29: more than 8 generations"));
    }

    @ParameterizedTest
    @MethodSource("wrongFiles")
    void aWrongFileIsOneLineWithThePlace(String content, String error) throws Exception {
        CommandRun run = test(content);

        assertThat(run.err()).startsWith("kubeguardian: " + folder.resolve("t.yaml") + ":").contains(error).hasLineCount(1);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void hostileFilesEndInALineToo() throws Exception {
        String deep = "tests: " + "[".repeat(5000);
        String chain = "tests:\n  - name: a\n    forbid: others\n    events:\n      - exec: {run: /bin/a, name: p}\n"
                + "      - {exec: /bin/p, parent: p}\n".repeat(3000) + "      - {open: /x, process: p}\n"
                + "      - {open: /x, process: /bin/p, parent: p}\n";
        byte[] notText = {'t', (byte) 0xff, (byte) 0xfe};

        CommandRun nested = test(deep);
        CommandRun lengthy = test(chain);
        Files.write(folder.resolve("t.yaml"), notText);
        CommandRun binary = CommandRun.of("rules", "test", folder.resolve("t.yaml").toString());

        assertThat(nested.code()).isEqualTo(2);
        assertThat(nested.err()).hasLineCount(1);
        assertThat(lengthy.code()).as(lengthy.err()).isZero();
        assertThat(binary.code()).isEqualTo(2);
        assertThat(binary.err()).contains("t.yaml:1:1: not UTF-8 text").hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"junk", ""})
    void aFileThatIsNoCaptureIsExitCodeTwo(String content) throws Exception {
        Files.writeString(folder.resolve("c.avro"), content);

        CommandRun run = test("tests: [{name: a, capture: c.avro, forbid: others}]");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("c.avro: not a capture file").hasLineCount(1);
    }

    @Test
    void aMissingFileIsExitCodeTwo() {
        CommandRun run = CommandRun.of("rules", "test", folder.resolve("none.yaml").toString());

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("none.yaml: does not exist").hasLineCount(1);
    }

    private CommandRun test(String content) throws IOException {
        write(content);
        return CommandRun.of("rules", "test", folder.resolve("t.yaml").toString());
    }

    private void write(String content) throws IOException {
        Files.writeString(folder.resolve("t.yaml"), content);
    }
}
