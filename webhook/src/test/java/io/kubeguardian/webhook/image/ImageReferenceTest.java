package io.kubeguardian.webhook.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageReferenceTest {
    private static final String DIGEST = "sha256:" + "0a".repeat(32);

    @ParameterizedTest
    @CsvSource({
        "nginx, docker.io/library/nginx:latest",
        "nginx:1.25, docker.io/library/nginx:1.25",
        "team/web, docker.io/team/web:latest",
        "docker.io/nginx, docker.io/library/nginx:latest",
        "index.docker.io/team/web:1, docker.io/team/web:1",
        "localhost/web, localhost/web:latest",
        "localhost:5000/web, localhost:5000/web:latest",
        "registry.example/a/b/c:v1, registry.example/a/b/c:v1",
        "Registry.Example/a:v1, registry.example/a:v1",
        "REGISTRY/a, registry/a:latest",
        "registry.example:443/a:v1, registry.example/a:v1",
        "registry.example:4430/a:v1, registry.example:4430/a:v1",
        "10.0.0.1:5000/a, 10.0.0.1:5000/a:latest",
        "[::1]:5000/a:x, [::1]:5000/a:x",
        "a/b__c-d.e_f:x, docker.io/a/b__c-d.e_f:x",
    })
    void namesAreReadAsContainerRuntimesReadThem(String image, String full) {
        assertThat(ImageReference.parse(image)).hasToString(full);
    }

    @Test
    void aDigestStandsBehindATagOrAlone() {
        assertThat(ImageReference.parse("nginx@" + DIGEST)).hasToString("docker.io/library/nginx@" + DIGEST);
        assertThat(ImageReference.parse("a.example/b:1@" + DIGEST)).hasToString("a.example/b:1@" + DIGEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " nginx", "nginx ", "nginx\n", "Nginx", "a//b", "/a", "a/", "a:", "a:-x", "a:x:y", "a@", "a@sha256:0a",
        "a@sha1:0a", "a@@b", "a.example:0/b", "a.example:99999/b", "a.example:0443/b", "a.example:x/b", "https://a.example/b", "a/../b", "a.example/%2e%2e/b",
        "a.example/b?c", "a.example/b#c", "user@a.example/b", "-a.example/b", "a..example/b", "a.example\\b/c", "ä/b", "a:ü",
        "[::1/a", "a.example/b c"})
    void whatIsNoNameIsRefused(String image) {
        assertThatThrownBy(() -> ImageReference.parse(image)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void longNamesAreRefusedAtOnce() {
        for (String image : new String[] {"a".repeat(10_000_000), "a/".repeat(300) + "b", "a:" + "x".repeat(129),
            "a@sha256:" + "0".repeat(1_000_000)}) {
            assertThatThrownBy(() -> ImageReference.parse(image)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "docker.io/library/*, nginx, true", "docker.io/library/*, team/web, false", "docker.io/**, team/web, true",
        "**, registry.example/a/b, true", "registry.example/*, registry.example/a/b, false",
        "registry.example/team/web, registry.example/team/web:1, true", "registry.example/te.m/web, registry.example/team/web, false",
        "*.example/**, a.example/b, true", "*.example/**, a.b.example/c, true", "*.example/**, evil.test/x.example/c, false",
    })
    void patternsAreAboutRegistryAndRepository(String pattern, String image, boolean matches) {
        assertThat(new ImagePattern(pattern).matches(ImageReference.parse(image))).isEqualTo(matches);
    }
}
