package io.kubeguardian.ml.stream;

import io.kubeguardian.config.ModelSettings;
import io.kubeguardian.schema.BehaviourModel;
import io.kubeguardian.schema.Ids;
import io.kubeguardian.schema.ProfileAudit;
import io.kubeguardian.schema.ProfileEvent;
import io.kubeguardian.schema.WorkloadRef;
import java.util.Locale;

/** The record of a threshold that moved: whose, of which model, from where to where, and why. */
final class ThresholdAudit {
    private ThresholdAudit() {}

    /**
     * @param window by whose score it moved
     * @param now nanoseconds since the Unix epoch
     */
    static ProfileAudit of(WindowPart window, ModelSettings settings, BehaviourModel model, double from, double to,
            ScoreHistory history, long now) {
        long end = (window.start + settings.windowSeconds() * 1000L) * 1_000_000;
        return ProfileAudit.newBuilder()
                .setId(Ids.of("threshold", window.key(), model.getName(), model.getDigest(), end))
                .setWorkload(new WorkloadRef(window.cluster, window.namespace, window.kind, window.workload))
                .setTime(now).setEventTime(end).setEvent(ProfileEvent.BOUND_MOVED)
                .setDetail(String.format(Locale.ROOT, "score of model %s version %d (%s): from %.3f to %.3f, which %s of the "
                        + "last %d of %d windows are above; bounds %s to %s", model.getName(), model.getVersion(),
                        model.getDigest(), from, to, share(settings.falseAlertRate()), history.scores.length, history.windows,
                        settings.thresholdLow(), settings.thresholdHigh()))
                .build();
    }

    private static String share(double rate) {
        return String.format(Locale.ROOT, "%.4g %%", 100 * rate);
    }
}
