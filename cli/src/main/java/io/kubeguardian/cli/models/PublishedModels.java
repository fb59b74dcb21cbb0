package io.kubeguardian.cli.models;

import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.cli.stack.DecodedRecords;
import io.kubeguardian.cli.stack.TopicContents;
import io.kubeguardian.cli.stack.TopicRecords;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.BehaviourModel;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The models topic as it stands: what jobs shall score with, and what one can go back to. */
final class PublishedModels {
    /** Most versions of a name and workload that one can go back to. */
    static final int HISTORY = 8;
    private static final int MOST_BYTES = 8 << 20;
    private static final AvroCodec<BehaviourModel> CODEC = AvroCodec.of(BehaviourModel.class);

    private final Map<String, Object> client;
    private final Map<String, BehaviourModel> active = new TreeMap<>();
    private final Map<String, BehaviourModel> versions = new LinkedHashMap<>();

    private PublishedModels(Map<String, Object> client) {
        this.client = client;
    }

    /** Reads the topic; what cannot be read is told on standard error and left out. */
    static PublishedModels read(Map<String, Object> client) {
        PublishedModels models = new PublishedModels(client);
        for (ConsumerRecord<byte[], byte[]> record : TopicContents.of(client, Topics.MODELS)) {
            String key = DecodedRecords.key(record);
            if (record.value() == null) {
                models.active.remove(key);
                models.versions.values().removeIf(model -> Keys.modelVersion(model.getDigest()).equals(key));
            } else if (key.startsWith(Keys.ACTIVE_MODELS)) {
                DecodedRecords.value(CODEC, record).ifPresent(model -> models.active.put(key, model));
            } else {
                DecodedRecords.value(CODEC, record).ifPresent(model -> models.versions.put(model.getDigest(), model));
            }
        }
        return models;
    }

    /** What jobs shall score with, retired ones included, by name and workload. */
    List<BehaviourModel> active() {
        return List.copyOf(active.values());
    }

    /** Makes a model the one of its name and workload; the version is one more than that before. */
    BehaviourModel publish(BehaviourModel model, String issuedBy) {
        String key = Keys.activeModel(model.getName(), model.getWorkload());
        BehaviourModel before = active.get(key);
        List<String> previous = new ArrayList<>();
        if (before != null) {
            previous.add(before.getDigest());
            previous.addAll(before.getPrevious());
            previous.removeIf(model.getDigest()::equals);
        }
        return write(key, model, before, previous, issuedBy);
    }

    /**
     * To a version before.
     *
     * @param to how its digest begins, with or without sha256:; null: the one before
     */
    BehaviourModel back(String name, String workload, String to, String issuedBy) {
        String key = Keys.activeModel(name, workload);
        BehaviourModel now = known(name, workload);
        String start = to == null ? null : to.startsWith("sha256:") ? to : "sha256:" + to;
        List<String> found = now.getPrevious().stream().filter(d -> start == null || d.startsWith(start)).toList();
        if (found.isEmpty() || start != null && found.size() > 1) {
            throw new UserError("models rollback: " + (found.isEmpty() ? "no version" : found.size() + " versions") + " of "
                    + name + (to == null ? " before this one" : " " + Texts.line(to)) + "; known: " + now.getPrevious());
        }
        BehaviourModel model = versions.get(found.getFirst());
        if (model == null) {
            throw new UserError("models rollback: " + found.getFirst() + " is not on " + Topics.MODELS + " any more");
        }
        List<String> further = now.getPrevious().subList(now.getPrevious().indexOf(found.getFirst()) + 1,
                now.getPrevious().size());
        return write(key, model, now, further, issuedBy);
    }

    /** Takes the model of that name and workload out of use. */
    BehaviourModel retire(String name, String workload, String issuedBy) {
        BehaviourModel now = known(name, workload);
        BehaviourModel retired = BehaviourModel.newBuilder(now).setRetired(true).setMembers(List.of())
                .setIssuedBy(issuedBy).setIssuedTime(nanos()).setVersion(now.getVersion() + 1)
                .setPrevious(history(now.getDigest(), now.getPrevious())).build();
        send(Map.of(Keys.activeModel(name, workload), retired));
        return retired;
    }

    private BehaviourModel known(String name, String workload) {
        BehaviourModel now = active.get(Keys.activeModel(name, workload));
        if (now == null) {
            throw new UserError("there is no model " + Texts.line(name) + (workload.isEmpty() ? "" : " of " + workload)
                    + "; known: " + active.values().stream()
                            .map(model -> (model.getName() + " " + model.getWorkload()).strip()).toList());
        }
        return now;
    }

    private static List<String> history(String newest, List<String> older) {
        List<String> all = new ArrayList<>(older);
        all.removeIf(newest::equals);
        all.addFirst(newest);
        return all;
    }

    private BehaviourModel write(
            String key, BehaviourModel model, BehaviourModel before, List<String> previous, String issuedBy) {
        List<String> kept = List.copyOf(previous.subList(0, Math.min(HISTORY, previous.size())));
        BehaviourModel published = BehaviourModel.newBuilder(model).setRetired(false).setIssuedBy(issuedBy)
                .setIssuedTime(nanos()).setVersion(before == null ? 1 : before.getVersion() + 1).setPrevious(kept).build();
        Map<String, BehaviourModel> records = new LinkedHashMap<>();
        records.put(Keys.modelVersion(published.getDigest()), published);
        records.put(key, published);
        if (before != null) {
            for (String digest : history(before.getDigest(), before.getPrevious())) {
                if (!kept.contains(digest) && !digest.equals(published.getDigest()) && versions.containsKey(digest)) {
                    records.put(Keys.modelVersion(digest), null);
                }
            }
        }
        send(records);
        return published;
    }

    private static long nanos() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    private void send(Map<String, BehaviourModel> records) {
        Map<String, Object> properties = new HashMap<>(client);
        properties.put("max.request.size", MOST_BYTES);
        TopicRecords.write(properties, Topics.MODELS, CODEC, records);
    }
}
