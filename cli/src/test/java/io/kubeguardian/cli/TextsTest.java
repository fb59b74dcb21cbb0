package io.kubeguardian.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class TextsTest {
    @Test
    void theReasonOfAFilesFailureIsInWords() {
        assertThat(Texts.reason(new NoSuchFileException("a.yaml"))).isEqualTo("it does not exist");
        assertThat(Texts.reason(new AccessDeniedException("a.yaml"))).isEqualTo("permission denied");
        assertThat(Texts.reason(new FileSystemException("a", null, "Is a directory"))).isEqualTo("Is a directory");
        assertThat(Texts.reason(new MalformedInputException(1))).isEqualTo("it is not UTF-8 text");
        assertThat(Texts.reason(new IOException("No space left\non device"))).isEqualTo("No space left on device");
    }
}
