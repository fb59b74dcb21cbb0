package io.kubeguardian.baseline;

import io.kubeguardian.config.BaselineSettings;
import io.kubeguardian.schema.ProfileEvent;
import io.kubeguardian.schema.ProfilePhase;
import java.util.Locale;
import java.util.OptionalLong;
import org.apache.flink.util.Collector;

/** Counts what a workload does by the hour, and tells what goes beyond its adaptive bound. */
final class RateWatch {
    /** A bound that moved by less is not put on record again. */
    private static final double WORTH_RECORDING = 0.25;

    private final WorkloadStore store;
    private final RateModel model;
    private final Publisher publisher;
    /** Of the current key: end of the hour that is counted, milliseconds; 0: none. */
    private long end;

    RateWatch(WorkloadStore store, BaselineSettings settings, Publisher publisher) {
        this.store = store;
        this.model = new RateModel(settings);
        this.publisher = publisher;
    }

    /** End of the current key's hour if it is known, milliseconds; else 0. */
    long end() {
        long at = end;
        end = 0;
        return at;
    }

    void add(Observation observation, WorkloadBaseline workload, Collector<Sighting> out) throws Exception {
        Rates rates = store.rates.value();
        if (rates == null) {
            rates = new Rates();
        }
        long millis = observation.time / 1_000_000;
        model.add(rates, observation.activity, millis);
        end = (rates.hour + 1) * RateModel.HOUR_MILLIS;
        if (model.isMature(rates) && Math.floorDiv(millis, RateModel.HOUR_MILLIS) == rates.hour) {
            judge(observation, rates, out);
        }
        store.rates.update(rates);
    }

    private void judge(Observation observation, Rates rates, Collector<Sighting> out) throws Exception {
        int ofDay = (int) Math.floorMod(rates.hour, 24L);
        for (Activity activity : Activity.values()) {
            int i = activity.ordinal();
            double bound = model.bound(rates, ofDay, activity);
            if (rates.counts[i] > bound && rates.told[i] != rates.hour) {
                OptionalLong readySince = readySince();
                if (readySince.isEmpty()) {
                    return;
                }
                rates.told[i] = rates.hour;
                Sighting sighting = new Sighting();
                sighting.item = "rate|" + activity.word();
                sighting.workload = observation.key;
                sighting.pod = PodSet.hash(observation.pod.getUid());
                sighting.time = observation.time;
                sighting.signal = DriftSignals.rate(observation, activity, rates.counts[i],
                        model.usual(rates, ofDay, activity), bound, rates.hour, rates.hours[Rates.ANY],
                        readySince.getAsLong());
                out.collect(sighting);
            }
        }
    }

    /** Rates are of all images together: when the first of those that are ready became it. Empty: none is. */
    private OptionalLong readySince() throws Exception {
        return store.images().stream().filter(image -> image.phase() == ProfilePhase.READY)
                .mapToLong(image -> image.readySince).min();
    }

    /** @param millis that the watermark has passed */
    void close(WorkloadBaseline workload, long millis) throws Exception {
        Rates rates = store.rates.value();
        if (rates == null) {
            return;
        }
        while (model.isOver(rates, millis)) {
            int ofDay = (int) Math.floorMod(rates.hour, 24L);
            model.close(rates);
            if (model.isMature(rates)) {
                record(workload, rates, ofDay, millis);
            }
        }
        end = rates.hour == 0 ? 0 : (rates.hour + 1) * RateModel.HOUR_MILLIS;
        store.rates.update(rates);
    }

    private void record(WorkloadBaseline workload, Rates rates, int ofDay, long millis) throws Exception {
        for (Activity activity : Activity.values()) {
            int cell = model.row(rates, ofDay) * Activity.COUNT + activity.ordinal();
            double bound = model.bound(rates, ofDay, activity);
            double before = rates.recorded[cell];
            if (Math.abs(bound - before) > WORTH_RECORDING * Math.max(before, 1)) {
                rates.recorded[cell] = bound;
                String row = cell / Activity.COUNT == Rates.ANY ? "any hour" : ofDay + ":00 UTC";
                publisher.audit(workload, null, ProfileEvent.BOUND_MOVED, millis * 1_000_000, String.format(Locale.ROOT,
                        "%s, %s: from %.0f to %.0f an hour", activity.word(), row, before, bound));
            }
        }
    }
}
