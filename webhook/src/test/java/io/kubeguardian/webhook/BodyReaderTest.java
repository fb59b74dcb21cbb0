package io.kubeguardian.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kubeguardian.webhook.BodyReader.RefusedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BodyReaderTest {
    private static final Duration LONG = Duration.ofHours(1);

    @Test
    void aBodyThatNeverEndsIsGivenUp() {
        BodyReader reader = new BodyReader(1000, Duration.ZERO);
        InputStream drip = new InputStream() {
            @Override
            public int read() {
                return ' ';
            }

            @Override
            public int read(byte[] block, int offset, int length) {
                return 1;
            }
        };

        RefusedException refused = catchThrowableOfType(RefusedException.class, () -> reader.read(drip, 900));

        assertThat(refused.status()).isEqualTo(408);
    }

    @Test
    void bodiesBeyondTheBudgetAreRefusedUntilOthersEnd() throws Exception {
        BodyReader reader = new BodyReader(1000, LONG);
        RefusedException[] refused = new RefusedException[1];

        nested(reader, 4, () -> refused[0] = catchThrowableOfType(
                RefusedException.class, () -> reader.read(InputStream.nullInputStream(), 1)));

        assertThat(refused[0].status()).isEqualTo(503);
        assertThat(reader.read(new ByteArrayInputStream(new byte[] {7}), 1)).containsExactly(7);
    }

    @Test
    void whatIsLongerThanAnnouncedIsStillBounded() {
        BodyReader reader = new BodyReader(1000, LONG);

        RefusedException refused = catchThrowableOfType(
                RefusedException.class, () -> reader.read(new ByteArrayInputStream(new byte[1001]), 10));

        assertThat(refused.status()).isEqualTo(413);
    }

    /** Runs the action while {@code depth} bodies of the largest size are being read. */
    private static void nested(BodyReader reader, int depth, Runnable action) throws RefusedException, IOException {
        if (depth == 0) {
            action.run();
            return;
        }
        reader.read(new InputStream() {
            private boolean done;

            @Override
            public int read() throws IOException {
                if (!done) {
                    done = true;
                    try {
                        nested(reader, depth - 1, action);
                    } catch (RefusedException e) {
                        throw new AssertionError(e);
                    }
                }
                return -1;
            }
        }, 1000);
    }
}
