package io.kubeguardian.baseline;

import io.kubeguardian.process.ProcessRefs;
import io.kubeguardian.schema.ItemSource;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.ProfileCall;
import io.kubeguardian.schema.ProfileDrift;
import io.kubeguardian.schema.ProfileItem;
import io.kubeguardian.schema.ProfileRate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a baseline down as it is published. Bounded: a record too large for Kafka would stop the job. What is left out is
 * counted by kind, and kinds that something is made from (exports) come first.
 */
final class ProfileRecords {
    /** Bytes of all items; with drifts, system calls and rates that stays below Kafka's usual 1 MB. */
    private static final int MAX_BYTES = 500_000;
    private static final int MAX_DRIFTS = 100;
    private static final int MAX_PROGRAM = 256;

    private ProfileRecords() {}

    /** @param items by kind|item */
    static Profile of(
            WorkloadBaseline workload, ImageBaseline image, Map<String, BaselineItem> items, SyscallHistogram calls,
            Map<String, DriftState> drifts, List<ProfileRate> rates, long now) {
        Map<String, Integer> leftOut = new HashMap<>();
        Profile profile = Profile.newBuilder()
                .setWorkload(workload.workload)
                .setImage(image.image)
                .setImageName(image.imageName)
                .setPhase(image.phase())
                .setFrozen(workload.frozen)
                .setInheritedFrom(image.inheritedFrom)
                .setFirstEvent(image.firstEvent)
                .setLastNew(image.newest.length == 0 ? 0 : image.newest[0])
                .setReadySince(image.readySince)
                .setLastSeen(image.lastSeen)
                .setUpdatedTime(now)
                .setItems(items(items, leftOut))
                .setLeftOut(leftOut)
                .setSketched(new HashMap<>(image.sketched))
                .setSaturated(new ArrayList<>(image.saturated.keySet().stream().sorted().toList()))
                .setSyscalls(calls(calls))
                .setDrifts(drifts(drifts, image))
                .setRates(rates)
                .setDigest("")
                .setPolicyDigest(workload.policyDigest)
                .setPolicyTime(workload.policyTime)
                .build();
        profile.setDigest(ProfileDigests.of(profile));
        return profile;
    }

    private static List<ProfileItem> items(Map<String, BaselineItem> items, Map<String, Integer> leftOut) {
        List<ProfileItem> all = new ArrayList<>();
        items.forEach((name, item) -> {
            int bar = name.indexOf('|');
            all.add(new ProfileItem(name.substring(0, bar), name.substring(bar + 1), ItemSource.valueOf(item.source),
                    item.firstSeen, item.lastSeen, item.sightings, item.example, List.copyOf(item.addresses)));
        });
        all.sort(Comparator.comparingInt((ProfileItem item) -> order(item.getKind()))
                .thenComparing(ProfileItem::getItem));
        int bytes = 0;
        List<ProfileItem> kept = new ArrayList<>();
        for (ProfileItem item : all) {
            bytes += bytes(item.getItem()) + bytes(item.getExample()) + 50 * item.getAddresses().size() + 40;
            if (bytes > MAX_BYTES) {
                leftOut.merge(item.getKind(), 1, Integer::sum);
            } else {
                kept.add(item);
            }
        }
        return kept;
    }

    /** In UTF-8, at most. */
    private static int bytes(String text) {
        int bytes = text.length();
        for (int i = 0; i < text.length(); i++) {
            bytes += text.charAt(i) < 0x80 ? 0 : 2;
        }
        return bytes;
    }

    private static int order(String kind) {
        return switch (kind) {
            case "connect", "listen", "capability", "user" -> 0;
            case "exec" -> 1;
            case "file" -> 2;
            case "dns" -> 3;
            default -> 4;
        };
    }

    private static List<ProfileCall> calls(SyscallHistogram calls) {
        if (calls == null) {
            return List.of();
        }
        return calls.counts.entrySet().stream()
                .map(entry -> new ProfileCall(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparingLong(ProfileCall::getCount).reversed()
                        .thenComparing(ProfileCall::getName))
                .toList();
    }

    private static List<ProfileDrift> drifts(Map<String, DriftState> drifts, ImageBaseline image) {
        return drifts.entrySet().stream()
                .filter(entry -> entry.getValue().image.equals(image.image))
                .sorted(Comparator.comparingLong((Map.Entry<String, DriftState> e) -> e.getValue().lastSeen).reversed()
                        .thenComparing(Map.Entry::getKey))
                .limit(MAX_DRIFTS)
                .map(entry -> {
                    DriftState drift = entry.getValue();
                    int bar = entry.getKey().indexOf('|');
                    return new ProfileDrift(entry.getKey().substring(0, bar), entry.getKey().substring(bar + 1),
                            drift.firstSeen, drift.lastSeen, drift.told, drift.podUid,
                            ProcessRefs.cut(drift.program, MAX_PROGRAM));
                })
                .toList();
    }
}
