package io.kubeguardian.ingest;

import io.kubeguardian.ingest.tetragon.BootIds;
import io.kubeguardian.schema.BatchEvents;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.ProcessEntry;
import io.kubeguardian.schema.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A translator whose records are kept; every batch is checked as the job checks it. */
public final class Collected implements Records {
    public static final long NOW = 1_790_000_000L * 1_000_000_000L;

    public final List<EventBatch> batches = new ArrayList<>();
    public final List<PodMetadata> pods = new ArrayList<>();
    public final List<Signal> signals = new ArrayList<>();
    public final Translator translator = new Translator(
            new Translator.Options("prod", "own-node", true, 1_790_000_000_000L), new BootIds(Map.of()), () -> NOW, this);

    @Override
    public void batch(EventBatch batch) {
        try {
            BatchEvents.validate(batch);
        } catch (MalformedRecordException e) {
            throw new AssertionError(e);
        }
        batches.add(batch);
    }

    @Override
    public void pod(PodMetadata pod) {
        pods.add(pod);
    }

    @Override
    public void signal(Signal signal) {
        signals.add(signal);
    }

    public Collected take(ForeignSensor sensor, byte[]... lines) throws MalformedLineException {
        for (byte[] line : lines) {
            translator.take(sensor, line);
        }
        translator.flush();
        return this;
    }

    /** The only batch. */
    public EventBatch batch() {
        if (batches.size() != 1) {
            throw new AssertionError("not one batch: " + batches);
        }
        return batches.get(0);
    }

    public static String text(EventBatch batch, int index) {
        return batch.getStrings().get(index);
    }

    public static List<String> texts(EventBatch batch, List<Integer> indexes) {
        return indexes.stream().map(index -> text(batch, index)).toList();
    }

    public static ProcessEntry process(EventBatch batch, int index) {
        return batch.getProcesses().get(index);
    }
}
