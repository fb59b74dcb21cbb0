package io.kubeguardian.intel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeguardian.config.FeedFormat;
import io.kubeguardian.intel.feed.FeedCompiler;
import io.kubeguardian.intel.feed.FeedExamples;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.IntelChunk;
import io.kubeguardian.schema.IntelFeed;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class IntelAssemblyTest {
    private static final AvroCodec<IntelFeed> FEEDS = AvroCodec.of(IntelFeed.class);
    private static final AvroCodec<IntelChunk> CHUNKS = AvroCodec.of(IntelChunk.class);

    private final IntelAssembly assembly = new IntelAssembly();
    private final IntelSet.Scratch scratch = new IntelSet.Scratch();

    @Test
    void aFeedComesIntoForceWholeAndTheOneBeforeGoesOnUntilThen() throws Exception {
        // Given a feed in force
        IntelSets.add(assembly, compiled("203.0.113.9", 1));
        FeedCompiler.Compiled next = compiled(many(40_000), 2);
        assertThat(next.chunks()).hasSizeGreaterThan(2);
        next.feed().setSlot(1);

        // When the next one comes, chunk by chunk
        for (IntelChunk chunk : next.chunks()) {
            assembly.add(Keys.chunk("example", 1, chunk.getNumber()), CHUNKS.encode(chunk));
            assertThat(assembly.set().indicators()).isEqualTo(1);
        }
        assertThat(assembly.add(Keys.feed("example"), FEEDS.encode(next.feed()))).isTrue();

        // Then it is there at once, and a record without a value takes it away
        assertThat(assembly.set().indicators()).isEqualTo(40_000);
        assertThat(assembly.set().address("198.18.7.1", FeedExamples.NOW, scratch)).hasSize(1);
        assertThat(assembly.set().address("203.0.113.9", FeedExamples.NOW, scratch)).isEmpty();
        assembly.add(Keys.feed("example"), null);
        assertThat(assembly.set().isEmpty()).isTrue();
    }

    static List<Consumer<FeedCompiler.Compiled>> lies() {
        return List.of(c -> c.feed().setDigest("sha256:" + "0".repeat(64)), c -> c.feed().setIndicators(7),
                c -> c.feed().setChunks(c.feed().getChunks() + 1), c -> c.chunks().get(0).setGeneration(99L),
                c -> c.chunks().get(0).setCount(-1), c -> c.chunks().get(0).setCount(3),
                c -> c.chunks().get(0).getFacts().setExpires(List.of(1L, 2L, 3L)),
                c -> c.feed().setName("another"));
    }

    @ParameterizedTest
    @MethodSource("lies")
    void aFeedThatIsNotWhatItSaysChangesNothing(Consumer<FeedCompiler.Compiled> lie) throws Exception {
        IntelSets.add(assembly, compiled("203.0.113.9", 1));
        FeedCompiler.Compiled broken = compiled("198.51.100.1\n198.51.100.2", 2);
        lie.accept(broken);

        assertThatThrownBy(() -> {
            for (IntelChunk chunk : broken.chunks()) {
                assembly.add(Keys.chunk("example", 0, chunk.getNumber()), CHUNKS.encode(chunk));
            }
            assembly.add(Keys.feed("example"), FEEDS.encode(broken.feed()));
        }).isInstanceOf(MalformedRecordException.class);

        assertThat(assembly.set().address("203.0.113.9", FeedExamples.NOW, scratch)).hasSize(1);
        assertThat(assembly.set().address("198.51.100.1", FeedExamples.NOW, scratch)).isEmpty();
    }

    @Test
    void newTimesOfTheSameIndicatorsNeedNoChunks() throws Exception {
        FeedCompiler.Compiled compiled = compiled("203.0.113.9", 1);
        IntelSets.add(assembly, compiled);

        compiled.feed().setExpires(FeedExamples.NOW + 10);
        assembly.add(Keys.feed("example"), FEEDS.encode(compiled.feed()));

        assertThat(assembly.set().address("203.0.113.9", FeedExamples.NOW + 9, scratch)).hasSize(1);
        assertThat(assembly.set().address("203.0.113.9", FeedExamples.NOW + 10, scratch)).isEmpty();
    }

    @Test
    void junkIsRefused() {
        assertThatThrownBy(() -> assembly.add(Keys.feed("x"), new byte[] {1, 2, 3}))
                .isInstanceOf(MalformedRecordException.class);
        assertThatThrownBy(() -> assembly.add(Keys.chunk("x", 0, 0), "junk".getBytes()))
                .isInstanceOf(MalformedRecordException.class);
    }

    private static String many(int count) {
        return IntStream.range(0, count).mapToObj(i -> "198.18." + (i >> 8) + "." + (i & 255))
                .collect(Collectors.joining("\n"));
    }

    private static FeedCompiler.Compiled compiled(String list, long generation) throws Exception {
        return FeedCompiler.compile(FeedExamples.read(FeedExamples.feed(FeedFormat.PLAIN), list), "feed.txt",
                FeedExamples.NOW + generation);
    }
}
