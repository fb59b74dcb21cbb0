package io.kubeguardian.cli.triggers;

import io.kubeguardian.detection.Hit;
import io.kubeguardian.detection.RuleTrial;
import io.kubeguardian.rules.EventView;
import io.kubeguardian.rules.RuleSet;
import io.kubeguardian.schema.CaptureEntry;
import io.kubeguardian.schema.CaptureFile;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.PodMetadata;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What the sensor saw in one pod. */
record Recording(PodMetadata pod, List<EventBatch> batches) {
    /** All pods of a capture, by their names. */
    static Map<String, Recording> read(Path file) throws IOException, MalformedRecordException {
        Map<String, Recording> byUid = new LinkedHashMap<>();
        try (CaptureFile.Reader reader = new CaptureFile.Reader(file)) {
            for (CaptureEntry entry = reader.next(); entry != null; entry = reader.next()) {
                if (entry.getRecord() instanceof PodMetadata pod) {
                    byUid.put(pod.getUid(), new Recording(pod, new ArrayList<>()));
                } else {
                    EventBatch batch = (EventBatch) entry.getRecord();
                    byUid.get(batch.getPodUid()).batches().add(batch);
                }
            }
        }
        Map<String, Recording> byName = new LinkedHashMap<>();
        byUid.values().forEach(recording -> byName.put(recording.pod().getName(), recording));
        return byName;
    }

    static void write(Path file, Collection<Recording> recordings) throws IOException {
        try (CaptureFile.Writer writer = new CaptureFile.Writer(file)) {
            for (Recording recording : recordings) {
                writer.write(recording.pod());
                for (EventBatch batch : recording.batches()) {
                    writer.write(batch);
                }
            }
        }
    }

    /** Names of the rules that fire. */
    Set<String> hits(RuleSet rules) throws MalformedRecordException {
        Set<String> hits = new TreeSet<>();
        RuleTrial trial = new RuleTrial(rules, 256, new RuleTrial.Listener() {
            @Override
            public void hit(Hit hit, long time) {
                hits.add(hit.rule());
            }

            @Override
            public void failed(EventView event, RuntimeException problem) {
                throw problem;
            }
        });
        trial.metadata(pod);
        for (EventBatch batch : batches) {
            trial.batch(batch);
        }
        return hits;
    }
}
