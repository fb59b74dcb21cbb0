package io.kubeguardian.ml;

import io.kubeguardian.schema.BehaviourModel;
import io.kubeguardian.schema.ModelFeature;
import io.kubeguardian.schema.ModelMember;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Records of models: their parts, digest and bounds. */
public final class ModelRecords {
    /** Largest member, bytes; a record has no more in all. */
    public static final int MOST_BYTES = 6 << 20;

    private static final int PIECE = 512 << 10;
    private static final int MOST_MEMBERS = 8;
    private static final int MOST_WINDOW_SECONDS = 3600;
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final Pattern FEATURE = Pattern.compile("(rate|distinct|share)(\\.[A-Za-z0-9_-]+){1,2}");

    private ModelRecords() {}

    /** In the pieces that a record can hold. */
    public static List<ByteBuffer> pieces(byte[] payload) {
        List<ByteBuffer> pieces = new ArrayList<>();
        for (int from = 0; from < payload.length; from += PIECE) {
            pieces.add(ByteBuffer.wrap(Arrays.copyOfRange(payload, from, Math.min(payload.length, from + PIECE))));
        }
        return pieces;
    }

    static byte[] payload(ModelMember member) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (ByteBuffer piece : member.getPayload()) {
            byte[] bytes = new byte[piece.remaining()];
            piece.duplicate().get(bytes);
            all.writeBytes(bytes);
        }
        return all.toByteArray();
    }

    /** sha256:… over what makes a model score as it does, and where it comes from. */
    public static String digest(BehaviourModel record) {
        MessageDigest sha = sha256();
        text(sha, record.getName());
        text(sha, record.getWorkload());
        text(sha, record.getWindowSeconds() + "/" + record.getFeatureVersion() + "/" + record.getFeatures().size() + "/"
                + record.getMembers().size());
        for (ModelFeature feature : record.getFeatures()) {
            text(sha, feature.getName());
            text(sha, feature.getCenter() + "/" + feature.getSpread());
        }
        for (ModelMember member : record.getMembers()) {
            text(sha, member.getKind());
            text(sha, member.getWeight() + "/" + member.getCalibration());
            byte[] payload = payload(member);
            text(sha, Integer.toString(payload.length));
            sha.update(payload);
        }
        var from = record.getProvenance();
        text(sha, from.getSources() + "/" + from.getDataDigest() + "/" + from.getWindows() + "/" + from.getTrainedTime()
                + "/" + from.getSeed() + "/" + from.getTrainer());
        return "sha256:" + HexFormat.of().formatHex(sha.digest());
    }

    /** sha256:… over windows in their order. */
    public static String digest(List<Behaviour> data) {
        MessageDigest sha = sha256();
        for (Behaviour behaviour : data) {
            text(sha, behaviour.numbers() + "/" + behaviour.calls());
            for (int[] sequence : behaviour.sequences()) {
                ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * sequence.length).putInt(sequence.length);
                for (int call : sequence) {
                    bytes.putInt(behaviour.names()[call].hashCode());
                }
                sha.update(bytes.array());
            }
        }
        return "sha256:" + HexFormat.of().formatHex(sha.digest());
    }

    /** With its length before it, so that two texts are not one. */
    private static void text(MessageDigest sha, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        sha.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
        sha.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    /** Everything but the members' own bytes. */
    static void check(BehaviourModel record) throws ModelException {
        if (!NAME.matcher(record.getName()).matches()) {
            throw new ModelException("its name '" + shown(record.getName())
                    + "' is not of at most 63 lower-case letters, digits and dashes");
        }
        if (record.getFeatureVersion() != Features.VERSION) {
            throw new ModelException("its features are of version " + record.getFeatureVersion() + ", this job's of "
                    + Features.VERSION + "; train it again");
        }
        if (record.getWindowSeconds() < 0 || record.getWindowSeconds() > MOST_WINDOW_SECONDS) {
            throw new ModelException("its windows have " + record.getWindowSeconds() + " s, must be from 0 to "
                    + MOST_WINDOW_SECONDS);
        }
        checkFeatures(record.getFeatures());
        checkMembers(record.getMembers());
        if (!digest(record).equals(record.getDigest())) {
            throw new ModelException("its digest is not that of its content: it was changed or cut on the way");
        }
    }

    private static void checkFeatures(List<ModelFeature> features) throws ModelException {
        if (features.size() > Features.LIMIT) {
            throw new ModelException("it has " + features.size() + " features, at most " + Features.LIMIT);
        }
        Set<String> names = new HashSet<>();
        for (ModelFeature feature : features) {
            if (!FEATURE.matcher(feature.getName()).matches() || feature.getName().length() > 64) {
                throw new ModelException("'" + shown(feature.getName()) + "' is no name of a feature");
            }
            if (!names.add(feature.getName())) {
                throw new ModelException("feature " + feature.getName() + " stands twice");
            }
            if (!Double.isFinite(feature.getCenter()) || !(feature.getSpread() > 0)
                    || Double.isInfinite(feature.getSpread())) {
                throw new ModelException("feature " + feature.getName() + " has centre " + feature.getCenter()
                        + " and spread " + feature.getSpread());
            }
        }
    }

    private static void checkMembers(List<ModelMember> members) throws ModelException {
        if (members.isEmpty() || members.size() > MOST_MEMBERS) {
            throw new ModelException("it has " + members.size() + " members, must be from 1 to " + MOST_MEMBERS);
        }
        long bytes = 0;
        for (ModelMember member : members) {
            if (!(member.getWeight() > 0) || member.getWeight() > 1000) {
                throw new ModelException("the " + shown(member.getKind()) + " member weighs " + member.getWeight());
            }
            for (ByteBuffer piece : member.getPayload()) {
                bytes += piece.remaining();
            }
        }
        if (bytes > MOST_BYTES) {
            throw new ModelException("it has " + bytes + " bytes, at most " + MOST_BYTES);
        }
    }

    private static String shown(String text) {
        String plain = text.replaceAll("\\p{Cntrl}", "?");
        return plain.length() <= 80 ? plain : plain.substring(0, 80) + '…';
    }
}
