package io.kubeguardian.baseline;

import io.kubeguardian.schema.AcceptedItem;
import io.kubeguardian.schema.ItemSource;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.ProfileCall;
import io.kubeguardian.schema.ProfileItem;
import io.kubeguardian.schema.ProfilePhase;
import io.kubeguardian.schema.ProfilePolicy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Brings a workload's baselines to what operators want of them. Doing it again changes nothing. */
final class PolicyApplication {
    /** After a reset: what is told every quarter of an hour must have been told again, and a minute for it to come. */
    private static final long RELEARN_NANOS = 960L * 1_000_000_000L;

    private final WorkloadStore store;

    PolicyApplication(WorkloadStore store) {
        this.store = store;
    }

    /** Whether a reset is asked for that was not carried out. */
    static boolean resets(WorkloadBaseline workload, ProfilePolicy policy) {
        return policy.getResetTime() > workload.resetTime;
    }

    /** @param time event time as far as it is known, nanoseconds since the Unix epoch */
    void apply(WorkloadBaseline workload, ProfilePolicy policy, long time) throws Exception {
        if (resets(workload, policy)) {
            reset(time);
            workload.resetTime = policy.getResetTime();
            workload.drifted.clear();
            workload.imported.clear();
        }
        for (Profile profile : policy.getImported()) {
            if (!profile.getDigest().equals(workload.imported.get(profile.getImage()))) {
                take(workload, profile, policy.getIssuedTime());
                workload.imported.put(profile.getImage(), profile.getDigest());
            }
        }
        workload.frozen = policy.getFrozen();
        for (ImageBaseline image : store.images()) {
            accept(image, policy.getAccepted());
            if (workload.frozen && image.phase() != ProfilePhase.READY) {
                freeze(image, time);
            }
            image.changed = true;
            store.put(image);
        }
        workload.policyTime = policy.getIssuedTime();
        workload.policyDigest = policy.getDigest();
    }

    /** What it knows is all there is. */
    static void freeze(ImageBaseline image, long time) {
        image.staleSince = 0;
        image.readySince = image.lastSeen == 0 ? Math.max(1, time) : image.lastSeen + 1;
    }

    private void reset(long time) throws Exception {
        store.forgetLearned();
        for (ImageBaseline image : store.images()) {
            Baseline.learnAnew(image, 0);
            image.notBefore = Math.max(time, image.lastSeen) + RELEARN_NANOS;
            image.inheritedFrom = "";
            store.put(image);
        }
    }

    private void accept(ImageBaseline image, List<AcceptedItem> accepted) throws Exception {
        Set<String> wanted = new HashSet<>();
        SyscallHistogram calls = store.syscalls(image);
        for (AcceptedItem item : accepted) {
            ItemKind kind = ItemKind.of(item.getKind());
            wanted.add(item.getKind() + '|' + item.getItem());
            store.removeDrift(item.getKind() + '|' + item.getItem());
            if (kind == ItemKind.SYSCALL) {
                calls.add(item.getItem(), 0);
                store.put(image, calls);
            } else if (!store.items.contains(image, kind, item.getItem())) {
                BaselineItem known = new BaselineItem(ItemSource.ACCEPTED, 0);
                store.items.put(image, kind, item.getItem(), known);
                if (item.getItem().contains("*") || item.getItem().contains("/24:")) {
                    image.collapsed.put(item.getKind() + '|' + item.getItem(), 0); // a pattern, written by hand
                }
            }
        }
        for (Map.Entry<String, BaselineItem> entry : new ArrayList<>(store.items.of(image).entrySet())) {
            if (entry.getValue().source.equals(ItemSource.ACCEPTED.name()) && !wanted.contains(entry.getKey())) {
                int bar = entry.getKey().indexOf('|');
                ItemKind kind = ItemKind.of(entry.getKey().substring(0, bar));
                store.items.remove(image, kind, entry.getKey().substring(bar + 1));
                image.collapsed.remove(entry.getKey());
            }
        }
    }

    private void take(WorkloadBaseline workload, Profile profile, long time) throws Exception {
        ImageBaseline image = store.find(profile.getImage(), profile.getImageName());
        if (image == null) {
            image = store.create(workload, profile.getImage(), profile.getImageName());
        }
        for (ProfileItem item : profile.getItems()) {
            ItemKind kind = ItemKind.of(item.getKind());
            if (kind != null && !store.items.contains(image, kind, item.getItem())) {
                BaselineItem known = new BaselineItem(ItemSource.IMPORTED, item.getFirstSeen());
                known.lastSeen = item.getLastSeen();
                known.example = item.getExample();
                known.addresses = new ArrayList<>(item.getAddresses());
                store.items.put(image, kind, item.getItem(), known);
                if (item.getItem().contains("*") || item.getItem().contains("/24:")) {
                    image.collapsed.put(item.getKind() + '|' + item.getItem(), 0);
                }
            }
        }
        SyscallHistogram calls = store.syscalls(image);
        for (ProfileCall call : profile.getSyscalls()) {
            calls.add(call.getName(), call.getCount());
        }
        store.put(image, calls);
        if (profile.getPhase() == ProfilePhase.READY && image.readySince == 0) {
            image.firstEvent = profile.getFirstEvent();
            image.readySince = profile.getReadySince() == 0 ? time : profile.getReadySince();
            image.lastSeen = Math.max(image.lastSeen, time);
        }
        store.put(image);
    }
}
