package io.kubeguardian.baseline;

import io.kubeguardian.detection.DetectionClock;
import io.kubeguardian.schema.Ids;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.ProfileAudit;
import io.kubeguardian.schema.ProfileEvent;
import io.kubeguardian.schema.ProfilePhase;
import io.kubeguardian.schema.ProfilePolicy;
import io.kubeguardian.schema.ProfileRate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.util.OutputTag;

/** Publishes what became of a workload's baselines: profiles, and the steps of their lives. */
final class Publisher {
    /** The side outputs of the element at hand. */
    interface Output {
        <T> void output(OutputTag<T> tag, T record);
    }

    private final WorkloadStore store;
    private final RateModel model;
    private final DetectionClock clock;
    private Output output;
    private boolean changed;

    Publisher(WorkloadStore store, RateModel model, DetectionClock clock) {
        this.store = store;
        this.model = model;
        this.clock = clock;
    }

    /** A new element, maybe of another key. */
    void begin(Output sideOutputs) {
        output = sideOutputs;
        changed = false;
    }

    /** Something is to be published that can wait. */
    boolean somethingChanged() {
        return changed;
    }

    void pod(PodSeen seen) {
        output.output(BaselineFunction.PODS, seen);
    }

    /** It learned, or drifted: published with the next of the regular publications. The caller keeps the state. */
    void changed(ImageBaseline image) {
        image.changed = true;
        changed = true;
    }

    /** It is in another phase: published and put on record at once. */
    void changed(WorkloadBaseline workload, ImageBaseline image, ProfileEvent event, long time, String detail)
            throws Exception {
        Profile profile = publish(workload, image);
        output.output(BaselineFunction.AUDIT, audit(workload, image.image, event, time)
                .setProfileDigest(profile.getDigest()).setDetail(detail).build());
    }

    /** @param image null: it is about none of them alone */
    void audit(WorkloadBaseline workload, ImageBaseline image, ProfileEvent event, long time, String detail) {
        output.output(BaselineFunction.AUDIT,
                audit(workload, image == null ? "" : image.image, event, time, detail).setDetail(detail).build());
    }

    /** An operator's word is carried out. */
    void applied(WorkloadBaseline workload, ProfilePolicy policy) throws Exception {
        List<String> digests = new ArrayList<>();
        for (ImageBaseline image : store.images()) {
            digests.add(record(workload, image).getDigest());
        }
        output.output(BaselineFunction.AUDIT,
                audit(workload, "", ProfileEvent.APPLIED, policy.getIssuedTime(), policy.getDigest())
                        .setAction(policy.getAction()).setSubject(policy.getSubject())
                        .setIssuedBy(policy.getIssuedBy()).setReason(policy.getReason())
                        .setIssuedTime(policy.getIssuedTime()).setPolicyDigest(policy.getDigest())
                        .setProfileDigest(String.join(" ", digests)).build());
    }

    /** The workload is gone: its profile is taken back by one without phase, which the topic takes as a deletion. */
    void forgotten(WorkloadBaseline workload, ImageBaseline image, long time) {
        withdraw(workload, image.image);
        audit(workload, image, ProfileEvent.FORGOTTEN, time, "nothing was seen for 30 days");
    }

    /** Takes back what was published of images that have another name now, or found no room. */
    void withdrawGone(WorkloadBaseline workload) {
        store.takeGone().forEach(image -> withdraw(workload, image));
    }

    private void withdraw(WorkloadBaseline workload, String image) {
        output.output(BaselineFunction.PROFILES, Profile.newBuilder().setWorkload(workload.workload).setImage(image)
                .setPhase(ProfilePhase.OTHER).setUpdatedTime(clock.nanos()).setDigest("").build());
    }

    void publishChanged(WorkloadBaseline workload) throws Exception {
        for (ImageBaseline image : store.images()) {
            if (image.changed) {
                publish(workload, image);
            }
        }
    }

    Profile publish(WorkloadBaseline workload, ImageBaseline image) throws Exception {
        image.changed = false;
        store.put(image);
        Profile profile = record(workload, image);
        output.output(BaselineFunction.PROFILES, profile);
        return profile;
    }

    private Profile record(WorkloadBaseline workload, ImageBaseline image) throws Exception {
        Map<String, BaselineItem> items = store.items.of(image);
        return ProfileRecords.of(workload, image, items, store.syscalls(image), store.drifts(), rates(), clock.nanos());
    }

    private List<ProfileRate> rates() throws Exception {
        List<ProfileRate> all = new ArrayList<>();
        Rates rates = store.rates.value();
        if (rates != null) {
            for (int row = 0; row <= Rates.ANY; row++) {
                for (Activity activity : Activity.values()) {
                    int cell = row * Activity.COUNT + activity.ordinal();
                    if (rates.hours[row] > 0 && rates.means[cell] > 0 && (row == Rates.ANY || model.row(rates, row) == row)) {
                        all.add(new ProfileRate(activity.word(), row == Rates.ANY ? -1 : row, rates.hours[row],
                                rates.means[cell], Math.sqrt(rates.variances[cell]),
                                model.boundOfRow(rates, row, activity)));
                    }
                }
            }
        }
        return all;
    }

    private ProfileAudit.Builder audit(
            WorkloadBaseline workload, String image, ProfileEvent event, long time, Object... more) {
        return ProfileAudit.newBuilder()
                .setId(Ids.of("profile", Keys.workload(workload.workload), image, event, time, List.of(more)))
                .setWorkload(workload.workload).setImage(image).setTime(clock.nanos()).setEventTime(time)
                .setEvent(event);
    }
}
