package io.kubeguardian.cli.rules;

import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.cli.stack.DecodedRecords;
import io.kubeguardian.cli.stack.TopicContents;
import io.kubeguardian.cli.stack.TopicRecords;
import io.kubeguardian.rules.RuleBundles;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.RuleBundle;
import io.kubeguardian.schema.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;

/** The policies topic as it stands: the active bundle and those that one can go back to. */
final class PublishedRules {
    /** Most bundles that one can go back to; older ones leave the topic. */
    static final int HISTORY = 16;
    /** How a person calls the empty digest: the files of the job's own configuration. */
    static final String CONFIGURATION = "configuration";

    private static final AvroCodec<RuleBundle> CODEC = AvroCodec.of(RuleBundle.class);

    private final Map<String, Object> client;
    private final BundleKind kind;
    private final Map<String, RuleBundle> bundles = new LinkedHashMap<>();
    private RuleBundle active;

    private PublishedRules(Map<String, Object> client, BundleKind kind) {
        this.client = client;
        this.kind = kind;
    }

    /** Reads the topic; what cannot be read is told on standard error and left out. */
    static PublishedRules read(Map<String, Object> client, BundleKind kind) {
        PublishedRules rules = new PublishedRules(client, kind);
        for (ConsumerRecord<byte[], byte[]> record : TopicContents.of(client, Topics.POLICIES)) {
            String key = DecodedRecords.key(record);
            if (key.equals(kind.active())) {
                DecodedRecords.value(CODEC, record).ifPresent(bundle -> rules.active = bundle);
            } else if (kind.isKey(key) && record.value() == null) {
                rules.bundles.values().removeIf(bundle -> kind.key(bundle.getDigest()).equals(key));
            } else if (kind.isKey(key)) {
                DecodedRecords.value(CODEC, record).ifPresent(bundle -> rules.bundles.put(bundle.getDigest(), bundle));
            }
        }
        return rules;
    }

    /** Null when nothing was ever published. */
    RuleBundle active() {
        return active;
    }

    /** Digests that one can go back to, the latest first; the empty one stands for the configuration. */
    List<String> previous() {
        return active == null ? List.of() : active.getPrevious();
    }

    /** Digests of all bundles on the topic. */
    List<String> digests() {
        return List.copyOf(bundles.keySet());
    }

    /** What becomes the history when {@code digest} becomes active. */
    List<String> historyFor(String digest) {
        List<String> history = new ArrayList<>(previous());
        history.addFirst(active == null ? "" : active.getDigest());
        history.removeIf(digest::equals);
        return history.size() > HISTORY ? List.copyOf(history.subList(0, HISTORY)) : history;
    }

    /** Nanoseconds since the Unix epoch, after what is active: with the digest it names one publication. */
    long nextTime() {
        Instant now = Instant.now();
        long nanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
        return active == null ? nanos : Math.max(nanos, active.getIssuedTime() + 1);
    }

    /** Makes a bundle the active one, keeps it for a rollback, and drops what no rollback can reach any more. */
    void publish(RuleBundle bundle) {
        Map<String, RuleBundle> writes = new LinkedHashMap<>();
        writes.put(kind.key(bundle.getDigest()), RuleBundle.newBuilder(bundle).setPrevious(List.of()).build());
        writes.put(kind.active(), bundle);
        for (String digest : bundles.keySet()) {
            if (!digest.equals(bundle.getDigest()) && !bundle.getPrevious().contains(digest)) {
                writes.put(kind.key(digest), null);
            }
        }
        write(writes);
    }

    /** Back to the bundle before; what is active now stays on the topic until the next publication. */
    RuleBundle back(String issuedBy) {
        if (previous().isEmpty()) {
            throw new UserError(active == null ? kind.command() + " rollback: nothing was ever published"
                    : kind.command() + " rollback: there is nothing before "
                            + name(active.getDigest()) + "; --to DIGEST goes to any of "
                            + known());
        }
        return activate(previous().getFirst(), issuedBy);
    }

    /**
     * To one of the known bundles.
     *
     * @param to its digest, or how that begins, with or without sha256:, or {@value #CONFIGURATION}
     */
    RuleBundle to(String to, String issuedBy) {
        if (to.equals(CONFIGURATION)) {
            return activate("", issuedBy);
        }
        String start = to.startsWith("sha256:") ? to : "sha256:" + to;
        List<String> found = bundles.keySet().stream().filter(digest -> digest.startsWith(start)).toList();
        if (found.size() != 1) {
            throw new UserError(kind.command() + " rollback: "
                    + (found.isEmpty() ? "no bundle" : found.size() + " bundles") + " "
                    + Texts.line(to) + "; known: " + known());
        }
        return activate(found.getFirst(), issuedBy);
    }

    private RuleBundle activate(String digest, String issuedBy) {
        int place = previous().indexOf(digest);
        // A step back leaves the way further back open; a jump elsewhere is a step forward.
        List<String> history = place < 0 ? historyFor(digest) : previous().subList(place + 1, previous().size());
        RuleBundle known = bundles.get(digest);
        if (known == null && !digest.isEmpty()) {
            throw new UserError(kind.command() + " rollback: "
                    + name(digest) + " is not on " + Topics.POLICIES + " any more; known: "
                    + known());
        }
        RuleBundle bundle = digest.isEmpty() ? RuleBundles.configured(issuedBy, nextTime(), history)
                : RuleBundle.newBuilder(known).setIssuedBy(issuedBy).setIssuedTime(nextTime())
                        .setPrevious(List.copyOf(history)).build();
        write(Map.of(kind.active(), bundle));
        return bundle;
    }

    private String known() {
        return String.join(", ", Stream.concat(bundles.keySet().stream(),
                Stream.of(CONFIGURATION)).toList());
    }

    /** A digest for a person. */
    static String name(String digest) {
        return digest.isEmpty() ? CONFIGURATION : digest;
    }

    private void write(Map<String, RuleBundle> records) {
        try {
            TopicRecords.write(client, Topics.POLICIES, CODEC, records);
        } catch (RecordTooLargeException e) {
            throw new UserError(kind.command()
                    + " publish: the broker takes no record of this size: raise max.message.bytes of "
                    + Topics.POLICIES + ", or publish fewer files: " + e.getMessage(), e);
        }
    }
}
