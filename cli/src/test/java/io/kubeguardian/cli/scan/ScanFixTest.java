package io.kubeguardian.cli.scan;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.cli.CommandRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScanFixTest {
    @TempDir
    private Path folder;

    private String fixed(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, content);
        CommandRun run = CommandRun.of("scan", file.toString(), "--fix");
        assertThat(run.code()).as(run.err()).isLessThan(2);
        String once = Files.readString(file);
        CommandRun.of("scan", file.toString(), "--fix");
        assertThat(Files.readString(file)).as("twice is once").isEqualTo(once);
        return once;
    }

    @Test
    void whatCanBeMendedIsWrittenAndCommentsAndOrderStay() throws IOException {
        String fixed = fixed("a.yaml", """
                # My deployment
                apiVersion: apps/v1
                kind: Deployment
                metadata:
                  name: web   # the web
                spec:
                  template:
                    spec:
                      hostNetwork: true  # why?
                      volumes:
                      - name: a
                        hostPath: {path: /data}
                      containers:
                      # first
                      - name: web
                        image: nginx:1.27
                        securityContext:
                          privileged: true   # bad
                          capabilities:
                            add:
                            # needed?
                            - SYS_ADMIN
                            - NET_BIND_SERVICE # yes
                            drop: [NET_RAW]
                        volumeMounts:
                        - mountPath: /data
                          name: a
                      - image: "busybox:1.36"
                        name: side

                # the end
                """);

        assertThat(fixed).isEqualTo("""
                # My deployment
                apiVersion: apps/v1
                kind: Deployment
                metadata:
                  name: web   # the web
                spec:
                  template:
                    spec:
                      hostNetwork: false  # why?
                      volumes:
                      - name: a
                        hostPath: {path: /data}
                      containers:
                      # first
                      - name: web
                        image: nginx:1.27
                        securityContext:
                          privileged: false   # bad
                          capabilities:
                            add:
                            # needed?
                            - NET_BIND_SERVICE # yes
                            drop: [ALL]
                          readOnlyRootFilesystem: true
                          allowPrivilegeEscalation: false
                        volumeMounts:
                        - mountPath: /data
                          name: a
                          readOnly: true
                      - image: "busybox:1.36"
                        name: side
                        securityContext:
                          allowPrivilegeEscalation: false
                          capabilities:
                            drop: [ALL]
                          readOnlyRootFilesystem: true
                      securityContext:
                        runAsNonRoot: true
                        seccompProfile:
                          type: RuntimeDefault
                      automountServiceAccountToken: false

                # the end
                """);
    }

    @Test
    void jsonStaysJsonAndLineEndsStayTheirs() throws IOException {
        String json = fixed("b.json", "{\n\t\"apiVersion\": \"v1\",\n\t\"kind\": \"Pod\",\n\t\"metadata\": {\"name\": \"x\"},\n"
                + "\t\"spec\": {\n\t\t\"containers\": [{\"name\": \"a\", \"image\": \"b:1\"}]\n\t}\n}\n");
        String windows = fixed("c.yaml", "apiVersion: v1\r\nkind: Pod\r\nspec:\r\n  containers:\r\n  - name: ü\r\n    image: b:1");

        assertThat(json).contains("\"image\": \"b:1\", \"securityContext\": {\"allowPrivilegeEscalation\": false")
                .contains("\t\t\"automountServiceAccountToken\": false\n\t}");
        assertThat(windows.replace("\r\n", "")).doesNotContain("\n");
        assertThat(windows).contains("  - name: ü\r\n    image: b:1\r\n    securityContext:\r\n");
    }

    @Test
    void listsAnchorsAndEmptyValuesAreMendedInPlace() throws IOException {
        String fixed = fixed("d.yaml", """
                apiVersion: v1
                kind: List
                items:
                - apiVersion: v1
                  kind: Pod
                  metadata: {name: a}
                  spec:
                    securityContext:
                    containers:
                    - &c {name: a, image: "b:1", securityContext: {}}
                    initContainers:
                    - <<: *c
                      name: b
                """);

        assertThat(fixed).contains("    securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}\n");
        assertThat(CommandRun.of("scan", folder.toString(), "--framework", "pss-restricted").code()).isZero();
    }

    @Test
    void onlyWhatCountsIsMended() throws IOException {
        Path file = folder.resolve("e.yaml");
        Files.writeString(file, ScanCommandTest.resource("privileged.yaml"));
        Path exceptions = folder.resolve("exceptions");
        Files.writeString(exceptions, "exceptions: [{check: host-pid, reason: a, expires: 2999-01-01}]");

        CommandRun.of("scan", file.toString(), "--fix", "--min-severity", "high", "--exceptions", exceptions.toString());

        assertThat(Files.readString(file)).isEqualTo(
                ScanCommandTest.resource("privileged.yaml").replace("privileged: yes", "privileged: false"));
    }

    @Test
    void aByteOrderMarkStays() throws IOException {
        String fixed = fixed("f.yaml", "\uFEFFapiVersion: v1\nkind: Pod\nspec: {hostPID: true, containers: []}\n");

        assertThat(fixed.getBytes(StandardCharsets.UTF_8)).startsWith(0xEF, 0xBB, 0xBF);
        assertThat(fixed).contains("hostPID: false");
    }

    @Test
    void aLinkStaysALinkAndTheFileKeepsItsPermissions() throws IOException {
        Path file = folder.resolve("real.yaml");
        Files.writeString(file, "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  hostNetwork: true\n  containers: []\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        Path link = Files.createSymbolicLink(folder.resolve("link.yaml"), file);

        CommandRun.of("scan", link.toString(), "--fix");

        assertThat(Files.isSymbolicLink(link)).isTrue();
        assertThat(Files.readString(file)).contains("hostNetwork: false");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-r-----");
        try (Stream<Path> all = Files.list(folder)) {
            assertThat(all).containsExactlyInAnyOrder(file, link);
        }
    }
}
