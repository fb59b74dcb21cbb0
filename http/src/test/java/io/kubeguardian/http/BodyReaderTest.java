package io.kubeguardian.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kubeguardian.http.BodyReader.RefusedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BodyReaderTest {
    private static final Duration LONG = Duration.ofHours(1);

    @Test
    void aBodyThatNeverEndsIsGivenUp() {
        BodyReader reader = new BodyReader("part.maxRequestBytes", 1000, Duration.ZERO);
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

        RefusedException refused = catchThrowableOfType(RefusedException.class, () -> reader.read(drip, 900, body -> body));

        assertThat(refused.status()).isEqualTo(408);
    }

    @Test
    void aBodyThatNeverComesIsGivenUpAndItsShareOfTheBudgetIsFree() throws Exception {
        BodyReader reader = new BodyReader("part.maxRequestBytes", 1000, Duration.ofMillis(50));
        InputStream silent = new InputStream() {
            @Override
            public int read() throws IOException {
                try {
                    Thread.sleep(Duration.ofHours(1));
                    throw new AssertionError("nobody ended the wait");
                } catch (InterruptedException e) {
                    throw new InterruptedIOException();
                }
            }
        };
        for (int i = 0; i < 5; i++) { // one more than the budget has room for at a time
            assertThatThrownBy(() -> reader.read(silent, 1000, body -> body)).isInstanceOf(InterruptedIOException.class);
        }

        byte[] later = reader.read(new ByteArrayInputStream(new byte[] {7}), 1, body -> body);

        assertThat(later).containsExactly(7);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void bodiesBeyondTheBudgetAreRefusedUntilOthersEnd() throws Exception {
        BodyReader reader = new BodyReader("part.maxRequestBytes", 1000, LONG);
        RefusedException[] refused = new RefusedException[1];

        nested(reader, 4, () -> refused[0] = catchThrowableOfType(
                RefusedException.class, () -> reader.read(InputStream.nullInputStream(), 1, body -> body)));

        assertThat(refused[0].status()).isEqualTo(503);
        byte[] later = reader.read(new ByteArrayInputStream(new byte[] {7}), 1, body -> body);
        assertThat(later).containsExactly(7);
    }

    @Test
    void aBodyWithoutALengthIsBounded() {
        BodyReader reader = new BodyReader("part.maxRequestBytes", 1000, LONG);

        RefusedException refused = catchThrowableOfType(RefusedException.class,
                () -> reader.read(new ByteArrayInputStream(new byte[1001]), -1, body -> body));

        assertThat(refused.status()).isEqualTo(413);
        assertThat(refused).hasMessageContaining("part.maxRequestBytes");
    }

    @Test
    void aBodyShorterThanAnnouncedIsABadRequest() {
        BodyReader reader = new BodyReader("part.maxRequestBytes", 1000, LONG);

        RefusedException refused = catchThrowableOfType(RefusedException.class,
                () -> reader.read(new ByteArrayInputStream(new byte[9]), 10, body -> body));

        assertThat(refused.status()).isEqualTo(400);
    }

    /** Runs the action while {@code depth} bodies of the largest size are in use. */
    private static void nested(BodyReader reader, int depth, Runnable action) throws RefusedException, IOException {
        if (depth == 0) {
            action.run();
            return;
        }
        reader.read(new ByteArrayInputStream(new byte[1000]), 1000, body -> {
            try {
                nested(reader, depth - 1, action);
            } catch (RefusedException | IOException e) {
                throw new AssertionError(e);
            }
            return body;
        });
    }
}
