package io.kubeguardian.cli.profile.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The kernels that this is tested on have no AppArmor: that the profile is one is shown by AppArmor's own parser, that it
 * lets the learned behaviour through by its patterns, matched as apparmor.d(5) says.
 */
class AppArmorExportTest {
    private final Map<String, String> permissions = AppArmorExport.permissions(ExportExamples.behaviour());

    @TempDir
    Path folder;

    @Test
    void appArmorsParserCompilesIt() throws Exception {
        Path parser = Path.of("/sbin/apparmor_parser");
        assumeTrue(Files.isExecutable(parser), "AppArmor's parser (package apparmor) is not installed");
        Path profile = Files.writeString(folder.resolve("profile"), AppArmorExport.of(ExportExamples.behaviour()));

        Process process = new ProcessBuilder(parser.toString(), "--skip-kernel-load", "--skip-cache", profile.toString())
                .redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said).doesNotContain("ERROR");
    }

    @Test
    void whatWasLearnedIsAllowed() {
        assertThat(allows("/usr/sbin/nginx", "m", "r", "ix")).isTrue();
        assertThat(allows("/srv/with blank/\"tool\"[1]", "ix")).isTrue();
        assertThat(allows("/etc/nginx/nginx.conf", "r")).isTrue();
        assertThat(allows("/usr/lib/nginx/module.so", "m", "r")).isTrue();
        assertThat(allows("/srv/data/2026-11.html", "r")).isTrue();
        assertThat(allows("/srv/cache/anything", "r")).isTrue();
        assertThat(allows("/var/log/nginx/deep/er/access.log", "w", "k")).isTrue();
        assertThat(allows("/tmp/upload-aB3dEf", "w")).isTrue();
        assertThat(allows("/var/cache/3f2504e0-4f89-11d3-9a0c-0305e82c3301", "w", "l")).isTrue();
        assertThat(allows("/etc/nginx/conf.d/", "r")).isTrue();
        assertThat(allows("/proc/4242/status", "r")).isTrue();
        assertThat(AppArmorExport.of(ExportExamples.behaviour()))
                .contains("capability net_bind_service,", "network inet stream,", "profile kubeguardian-shop-web ");
    }

    @Test
    void whatWasNotLearnedIsNot() {
        assertThat(allows("/bin/sh", "ix")).isFalse();
        assertThat(allows("/etc/shadow", "r")).isFalse();
        assertThat(allows("/etc/nginx/nginx.conf", "w")).isFalse();
        assertThat(allows("/srv/cache/deep/er", "r")).isFalse();
        assertThat(allows("/srv/with blank/\"tool\"1", "ix")).isFalse(); // the brackets are its name, no pattern
        assertThat(AppArmorExport.of(ExportExamples.behaviour())).doesNotContain("sys_admin", "network packet");
    }

    @Test
    void aPathCannotBreakOutOfItsRule() {
        assertThat(AppArmorExport.glob("/x\" r,\n /etc/shadow")).isEqualTo("/x\\\" r,? /etc/shadow");
    }

    private boolean allows(String path, String... letters) {
        StringBuilder all = new StringBuilder();
        permissions.forEach((glob, granted) -> {
            if (regex(glob).matcher(path).matches()) {
                all.append(granted);
            }
        });
        return List.of(letters).stream().allMatch(letter -> all.indexOf(letter) >= 0);
    }

    /** * is any but a slash, ** is any, [abc] one of these, a backslash takes a character as it is. */
    private static Pattern regex(String glob) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            if (c == '\\') {
                out.append(Pattern.quote(String.valueOf(glob.charAt(++i))));
            } else if (glob.startsWith("**", i)) {
                out.append(".+");
                i++;
            } else if (c == '*') {
                out.append("[^/]*");
            } else if (c == '[') {
                int end = glob.indexOf(']', i);
                out.append(glob, i, end + 1);
                i = end;
            } else {
                out.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(out.toString());
    }
}
