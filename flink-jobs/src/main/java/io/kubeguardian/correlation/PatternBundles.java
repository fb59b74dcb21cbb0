package io.kubeguardian.correlation;

import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.RuleBundle;
import io.kubeguardian.schema.RuleFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Patterns as one record, and back. They travel as rules do, under a key of their own. */
public final class PatternBundles {
    /** Most bytes of an encoded bundle: Kafka's usual limit of 1 MiB for a record, less what stands around it. */
    public static final int MAX_BYTES = 1_000_000;

    private PatternBundles() {}

    /**
     * @param issuedTime nanoseconds since the Unix epoch
     * @param previous digests that were active before, the latest first
     * @throws PatternException when the files do not load, or together are more than {@value #MAX_BYTES} bytes
     */
    public static RuleBundle of(List<PatternSource> sources, String issuedBy, long issuedTime, List<String> previous) {
        PatternSet patterns = PatternSet.of(sources);
        long content = sources.stream().mapToLong(source -> source.text().length()).sum();
        RuleBundle bundle = new RuleBundle(patterns.digest(), sources.stream()
                .map(source -> new RuleFile(source.name(),
                        ByteBuffer.wrap(source.text().getBytes(StandardCharsets.UTF_8)))).toList(),
                false, issuedBy, issuedTime, List.copyOf(previous));
        // By content first: the codec's own bounds are not for millions of bytes.
        long bytes = content > MAX_BYTES ? content : AvroCodec.of(RuleBundle.class).encode(bundle).length;
        if (bytes > MAX_BYTES) {
            throw new PatternException(sources.get(0).name() + ": the bundle has " + bytes
                    + " bytes; a Kafka record holds " + MAX_BYTES + ": publish fewer files");
        }
        return bundle;
    }

    /** @throws PatternException when its files do not load, or are not those of its digest */
    static PatternSet load(RuleBundle bundle) {
        if (bundle.getFiles().isEmpty()) {
            throw new PatternException("bundle " + bundle.getDigest() + " has no files");
        }
        PatternSet patterns = PatternSet.of(bundle.getFiles().stream().map(file -> new PatternSource(file.getName(),
                StandardCharsets.UTF_8.decode(file.getContent().duplicate()).toString())).toList());
        if (!patterns.digest().equals(bundle.getDigest())) {
            throw new PatternException(bundle.getFiles().get(0).getName() + ": the bundle calls itself "
                    + bundle.getDigest() + ", its files are " + patterns.digest());
        }
        return patterns;
    }
}
