package io.kubeguardian.intel;

import io.kubeguardian.schema.IntelChunk;
import io.kubeguardian.schema.MalformedRecordException;
import java.util.List;
import java.util.function.Function;

/** What is known of each indicator of one type, by its number. */
final class Facts {
    private final Column firstSeen;
    private final Column lastSeen;
    private final Column expires;
    /** Plus one; 0: none of its own. */
    private final Column confidence;
    private final Column label;

    /** @throws MalformedRecordException when a chunk says of more or fewer indicators than it has */
    Facts(List<IntelChunk> chunks, int count) throws MalformedRecordException {
        firstSeen = column(chunks, count, 0, chunk -> chunk.getFacts().getFirstSeen());
        lastSeen = column(chunks, count, 0, chunk -> chunk.getFacts().getLastSeen());
        expires = column(chunks, count, 0, chunk -> chunk.getFacts().getExpires());
        confidence = column(chunks, count, 1, chunk -> chunk.getFacts().getConfidence());
        label = column(chunks, count, 0, chunk -> chunk.getFacts().getLabel());
    }

    private static Column column(
            List<IntelChunk> chunks, int count, int add, Function<IntelChunk, List<? extends Number>> values)
            throws MalformedRecordException {
        int[] all = new int[count];
        int at = 0;
        for (IntelChunk chunk : chunks) {
            List<? extends Number> some = values.apply(chunk);
            int size = chunk.getCount();
            if (some.size() > 1 && some.size() != size) {
                throw new MalformedRecordException("chunk " + chunk.getNumber() + " has " + some.size() + " facts of "
                        + size + " indicators");
            }
            for (int i = 0; i < size; i++) {
                long value = some.isEmpty() ? 0 : add + some.get(some.size() == 1 ? 0 : i).longValue();
                if (value < 0 || value > 0xffff_ffffL) {
                    throw new MalformedRecordException("chunk " + chunk.getNumber() + " has a fact of " + value);
                }
                all[at++] = (int) value;
            }
        }
        return Column.of(all);
    }

    /** Seconds since the Unix epoch; 0: not said. */
    long firstSeen(int number) {
        return firstSeen.at(number);
    }

    long lastSeen(int number) {
        return lastSeen.at(number);
    }

    long expires(int number) {
        return expires.at(number);
    }

    /** 0 to 100. @param otherwise where it has none of its own */
    int confidence(int number, int otherwise) {
        int own = (int) confidence.at(number);
        return own == 0 ? otherwise : Math.min(100, own - 1);
    }

    int label(int number) {
        return (int) label.at(number);
    }
}
