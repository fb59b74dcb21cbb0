package io.kubeguardian.baseline.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShapeTest {
    private final Shape shape = new Shape();

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', value = {
        "/etc/hosts, /etc/hosts",
        "/usr/lib/x86_64-linux-gnu/libssl.so.3, /usr/lib/x86_64-linux-gnu/libssl.so.3",
        "/usr/lib/python3.11/os.py, /usr/lib/python3.11/os.py",
        "/proc/4242/status, /proc/<n>/status",
        "/proc/self/fd/7, /proc/self/fd/<n>",
        "/var/lib/app/data/12-4, /var/lib/app/data/<n>-<n>",
        "/var/log/app-2026-11-27.log, /var/log/app-<n>-<n>-<n>.log",
        "/var/lib/app/cache/ab/0042.bin, /var/lib/app/cache/ab/<n>.bin",
        "/data/3f2504e0-4f89-11d3-9a0c-0305e82c3301/x, /data/<uuid>/x",
        "/var/lib/blobs/9b74c9897bac770ffc029102a200c5de, /var/lib/blobs/<hex>",
        "/run/pods/orders-7d9f8b6c5d-x2x9z, /run/pods/orders-<id>-<id>",
        "/tmp/tmp.AbC3dE9xYz, /tmp/tmp.<id>",
        "/tmp/tmpqwhzkdab, /tmp/tmp<tmp>",
        "/tmp/report, /tmp/report",
        "/srv/uploads/AbCdEf, /srv/uploads/AbCdEf",
        "/tmp/AbCdEf, /tmp/<tmp>",
        "/a/b/c/d/e/f/g/h/i/j, /a/b/c/d/e/f/g/h/**",
        "/, /",
    })
    void whatChangesFromRunToRunBecomesAPlaceholder(String path, String expected) {
        assertThat(shape.path(path).toString()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "API.Example.com., api.example.com",
        "ip-10-0-7-12.eu.internal, ip-<n>-<n>-<n>-<n>.eu.internal",
        "d41d8cd98f00b204e9800998ecf8427e.evil.example, <hex>.evil.example",
    })
    void namesHaveAShapeToo(String name, String expected) {
        assertThat(shape.domain(name).toString()).isEqualTo(expected);
    }

    @Test
    void hostileLengthIsCut() {
        assertThat(shape.path('/' + "x".repeat(100_000)).toString()).hasSizeLessThanOrEqualTo(Shape.MAX_CHARS);
        assertThat(shape.domain("1.".repeat(50_000)).toString()).hasSizeLessThanOrEqualTo(Shape.MAX_CHARS);
        assertThat(shape.path("").toString()).isEmpty();
    }

    @Test
    void argumentsKeepTheirOptionsAndLoseTheirValues() {
        ArgumentShape arguments = new ArgumentShape();

        assertThat(arguments.of("/usr/bin/convert", List.of("convert", "-resize", "100x100", "in.png", "out.png")))
                .isEqualTo("/usr/bin/convert -resize <s>");
        assertThat(arguments.of("/usr/bin/git", List.of("git", "clone", "https://example.com/x.git", "/srv/x")))
                .isEqualTo("/usr/bin/git clone <url> <path>");
        assertThat(arguments.of("/srv/app", List.of("app", "--port=8080", "--workers", "4", "-O2")))
                .isEqualTo("/srv/app --port=<n> --workers <n> -O2");
        assertThat(arguments.of("/usr/bin/python3", List.of("python3", "-c", "import os; os.system('id')")))
                .isEqualTo("/usr/bin/python3 -c <s>");
        assertThat(arguments.of("/bin/x", java.util.Collections.nCopies(500, "-a" + "b".repeat(500))))
                .hasSizeLessThan(260);
    }

    @Test
    void whatWasToldIsToldAgainByTheMinuteWhileItIsNewAndByTheQuarterLater() {
        SeenItems seen = new SeenItems(1024);
        int told = 0;
        for (int second = 0; second < 1200; second++) {
            if (seen.see(77, second * 1_000_000_000L) != SeenItems.Verdict.KNOWN) {
                told++;
            }
        }
        assertThat(told).isEqualTo(20);

        int later = 0;
        for (int second = 1200; second < 10_200; second++) {
            if (seen.see(77, second * 1_000_000_000L) != SeenItems.Verdict.KNOWN) {
                later++;
            }
        }
        assertThat(later).isEqualTo(10);
        assertThat(seen.see(77, 90_000 * 1_000_000_000L)).isEqualTo(SeenItems.Verdict.FIRST);
    }
}
