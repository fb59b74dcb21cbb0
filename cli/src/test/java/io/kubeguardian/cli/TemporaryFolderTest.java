package io.kubeguardian.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.cli.stack.TemporaryFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TemporaryFolderTest {
    @Test
    void itGoesWithAllThatIsInIt() throws Exception {
        TemporaryFolder folder = new TemporaryFolder("kubeguardian-test-");
        Files.writeString(folder.resolve("logs/a.log"), "a line");

        folder.close();

        assertThat(folder.path()).doesNotExist();
    }

    @Test
    void keptItStaysForItsLogs() throws Exception {
        TemporaryFolder folder = new TemporaryFolder("kubeguardian-test-");
        Path log = Files.writeString(folder.resolve("logs/a.log"), "a line");
        folder.keep();

        folder.close();

        assertThat(log).exists();
        Files.delete(log);
        Files.delete(log.getParent());
        Files.delete(folder.path());
    }

    @Test
    void keptWithoutALogItGoesAllTheSame() {
        TemporaryFolder folder = new TemporaryFolder("kubeguardian-test-");
        folder.keep();

        folder.close();

        assertThat(folder.path()).doesNotExist();
    }
}
