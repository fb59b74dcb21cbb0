package io.kubeguardian.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AvroCodecTest {
    private static final AvroCodec<EventBatch> CODEC = AvroCodec.of(EventBatch.class);

    @Test
    void whatIsEncodedIsDecoded() throws Exception {
        EventBatch batch = Examples.eventBatch();

        EventBatch read = CODEC.decode(CODEC.encode(batch));

        assertThat(read).isEqualTo(batch);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "{\"json\": true}", "\u00c3\u0001not a known schema"})
    void whatIsNoRecordIsMalformed(String junk) {
        assertThatThrownBy(() -> CODEC.decode(junk.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)))
                .isInstanceOf(MalformedRecordException.class);
    }

    @Test
    void aTombstoneIsMalformed() {
        assertThatThrownBy(() -> CODEC.decode(null)).isInstanceOf(MalformedRecordException.class);
    }

    @Test
    void everyTruncationIsMalformed() {
        byte[] bytes = CODEC.encode(Examples.eventBatch());
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> CODEC.decode(cut))
                    .as("cut at %d", length).isInstanceOf(MalformedRecordException.class);
        }
    }

    @Test
    void randomDamageIsReadOrMalformedButNeverAnotherError() {
        byte[] bytes = CODEC.encode(Examples.eventBatch());
        Random random = new Random(7);
        int malformed = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] damaged = bytes.clone();
            for (int i = 0; i < 1 + random.nextInt(8); i++) {
                damaged[10 + random.nextInt(bytes.length - 10)] = (byte) random.nextInt();
            }
            try {
                BatchEvents.validate(CODEC.decode(damaged));
            } catch (MalformedRecordException e) {
                malformed++;
            }
        }
        assertThat(malformed).isPositive();
    }

    @Test
    void aRecordOfAnotherTopicIsMalformed() {
        byte[] pod = AvroCodec.of(PodMetadata.class).encode(Examples.pod());

        assertThatThrownBy(() -> CODEC.decode(pod)).isInstanceOf(MalformedRecordException.class);
    }
}
