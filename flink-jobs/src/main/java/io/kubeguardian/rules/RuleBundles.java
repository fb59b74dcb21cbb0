package io.kubeguardian.rules;

import io.kubeguardian.rules.syntax.Location;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.RuleBundle;
import io.kubeguardian.schema.RuleFile;
import java.nio.ByteBuffer;
import java.util.List;

/** Rules as one record, and back. */
public final class RuleBundles {
    /** Most bytes of an encoded bundle: Kafka's usual limit of 1 MiB for a record, less what stands around it. */
    public static final int MAX_BYTES = 1_000_000;

    private RuleBundles() {}

    /**
     * @param issuedTime nanoseconds since the Unix epoch
     * @param previous digests that were active before, the latest first
     * @throws RuleLoadException when the files do not load, or together are more than {@value #MAX_BYTES} bytes
     */
    public static RuleBundle of(
            List<RuleSource> sources, LoadMode mode, String issuedBy, long issuedTime, List<String> previous) {
        RuleSet rules = RuleSet.load(sources, mode);
        RuleBundle bundle = new RuleBundle(rules.digest(),
                sources.stream().map(source -> new RuleFile(source.name(), ByteBuffer.wrap(source.content()))).toList(),
                mode == LoadMode.LENIENT, issuedBy, issuedTime, List.copyOf(previous));
        long content = sources.stream().mapToLong(source -> source.content().length).sum();
        // By content first: the codec's own bounds are not for millions of bytes.
        long bytes = content > MAX_BYTES ? content : AvroCodec.of(RuleBundle.class).encode(bundle).length;
        if (bytes > MAX_BYTES) {
            throw new RuleLoadException(List.of(new RuleProblem(new Location(sources.get(0).name(), 1, 1),
                    "the bundle has " + bytes + " bytes; a Kafka record holds " + MAX_BYTES + ": publish fewer files")));
        }
        return bundle;
    }

    /** The bundle, of rules or of patterns, that stands for the files of the job's own configuration. */
    public static RuleBundle configured(String issuedBy, long issuedTime, List<String> previous) {
        return new RuleBundle("", List.of(), false, issuedBy, issuedTime, List.copyOf(previous));
    }

    /** Whether it stands for the files of the job's own configuration. */
    public static boolean isConfigured(RuleBundle bundle) {
        return bundle.getDigest().isEmpty();
    }

    /** @throws RuleLoadException when its files do not load, or are not those of its digest */
    public static RuleSet load(RuleBundle bundle) {
        RuleSet rules = RuleSet.load(sources(bundle), bundle.getLenient() ? LoadMode.LENIENT : LoadMode.STRICT);
        if (!rules.digest().equals(bundle.getDigest())) {
            throw new RuleLoadException(List.of(new RuleProblem(new Location(bundle.getFiles().get(0).getName(), 1, 1),
                    "the bundle calls itself " + bundle.getDigest() + ", its files are " + rules.digest())));
        }
        return rules;
    }

    /** @throws RuleLoadException when there are none */
    private static List<RuleSource> sources(RuleBundle bundle) {
        if (bundle.getFiles().isEmpty()) {
            throw new RuleLoadException(List.of(
                    new RuleProblem(new Location("bundle " + bundle.getDigest(), 1, 1), "has no files")));
        }
        return bundle.getFiles().stream().map(file -> new RuleSource(file.getName(), bytes(file.getContent()))).toList();
    }

    private static byte[] bytes(ByteBuffer content) {
        byte[] bytes = new byte[content.remaining()];
        content.duplicate().get(bytes);
        return bytes;
    }
}
