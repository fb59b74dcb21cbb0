package io.kubeguardian.baseline;

import io.kubeguardian.schema.AcceptedItem;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.ProfileCall;
import io.kubeguardian.schema.ProfileItem;
import io.kubeguardian.schema.ProfilePolicy;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeSet;

/** What profiles and operators' words are known by: sha256:… over what they say. */
public final class ProfileDigests {
    private final MessageDigest digest;

    private ProfileDigests() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Of the kinds, items and system calls, in any order. */
    public static String of(Profile profile) {
        TreeSet<String> all = new TreeSet<>();
        for (ProfileItem item : profile.getItems()) {
            all.add(item.getKind() + '|' + item.getItem());
        }
        for (ProfileCall call : profile.getSyscalls()) {
            all.add("syscall|" + call.getName());
        }
        ProfileDigests digests = new ProfileDigests();
        all.forEach(digests::add);
        return digests.end();
    }

    /** Of everything but the digest. */
    public static String of(ProfilePolicy policy) {
        ProfileDigests digests = new ProfileDigests();
        digests.add(Keys.workload(policy.getWorkload()));
        for (AcceptedItem item : policy.getAccepted()) {
            digests.add(item.getKind() + '|' + item.getItem() + '|' + item.getBy() + '|' + item.getReason() + '|'
                    + item.getTime());
        }
        digests.add(policy.getFrozen() + "|" + policy.getResetTime());
        for (Profile profile : policy.getImported()) {
            digests.add(profile.getImage() + '|' + of(profile));
        }
        digests.add(policy.getAction());
        digests.add(policy.getSubject());
        digests.add(policy.getIssuedBy());
        digests.add(policy.getReason());
        digests.add(Long.toString(policy.getIssuedTime()));
        return digests.end();
    }

    private void add(String part) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        digest.update(bytes);
    }

    private String end() {
        return "sha256:" + HexFormat.of().formatHex(digest.digest());
    }
}
