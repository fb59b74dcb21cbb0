package io.kubeguardian.intel;

import io.kubeguardian.schema.IndicatorFacts;
import io.kubeguardian.schema.IntelChunk;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** What two publications of the same indicators and facts have in common. */
public final class FeedDigest {
    private FeedDigest() {}

    /** sha256:… over type, values and facts of each chunk, in their order. */
    public static String of(List<IntelChunk> chunks) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (IntelChunk chunk : chunks) {
                IndicatorFacts facts = chunk.getFacts();
                numbers(digest, List.of(chunk.getType().ordinal(), chunk.getCount(), chunk.getValues().remaining()));
                digest.update(chunk.getValues().duplicate());
                for (List<? extends Number> column : List.of(facts.getFirstSeen(), facts.getLastSeen(),
                        facts.getExpires(), facts.getConfidence(), facts.getLabel())) {
                    numbers(digest, List.of(column.size()));
                    numbers(digest, column);
                }
            }
            return "sha256:" + HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static void numbers(MessageDigest digest, List<? extends Number> numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * numbers.size());
        numbers.forEach(number -> bytes.putLong(number.longValue()));
        digest.update(bytes.flip());
    }
}
