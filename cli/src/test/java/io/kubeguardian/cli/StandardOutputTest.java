package io.kubeguardian.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StandardOutputTest {
    private final AtomicInteger readersGone = new AtomicInteger();

    private StandardOutput output(String failure) {
        return new StandardOutput(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                if (failure != null) {
                    throw new IOException(failure);
                }
            }
        }, readersGone::incrementAndGet);
    }

    private static void print(StandardOutput output) {
        PrintStream out = new PrintStream(output, true, StandardCharsets.UTF_8);
        out.println("a");
        out.println("b");
    }

    @Test
    void whatCouldBeWrittenLeavesTheExitCodeAlone() {
        StandardOutput output = output(null);

        print(output);

        assertThat(output.finish(1)).isEqualTo(1);
    }

    @Test
    void aFullDiskIsExitCodeTwo() {
        StandardOutput output = output("No space left on device");

        print(output);

        assertThat(output.finish(0)).isEqualTo(2);
        assertThat(readersGone).hasValue(0);
    }

    @Test
    void aReaderThatHasGoneEndsTheCommandOnce() {
        StandardOutput output = output("Broken pipe");

        print(output);

        assertThat(readersGone).hasValue(1);
        assertThat(output.finish(0)).isEqualTo(StandardOutput.READER_GONE);
    }
}
