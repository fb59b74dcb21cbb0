package io.kubeguardian.benchmarks;

import io.kubeguardian.intel.feed.FeedTopic;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.BehaviourModel;
import io.kubeguardian.schema.IntelFeed;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What a job knows beside its rules, on its topics: a model of behaviour with every member, and a million indicators. */
final class PipelineKnowledge {
    private static final int WINDOW_SECONDS = 2;

    private final Map<String, Object> client;
    private final List<String> indicators;
    private IntelFeed feed;

    /** @param listed indicators beside those that are made up */
    PipelineKnowledge(Run run, EmbeddedKafka kafka, List<String> listed) throws Exception {
        client = kafka.clientProperties();
        BehaviourModel model = ServiceModel.train("benchmark", WINDOW_SECONDS);
        run.progress("a model of behaviour with %d members, and %,d indicators", model.getMembers().size(), Indicators.COUNT);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(Topics.MODELS, Keys.bytes(Keys.activeModel(model.getName(), "")),
                    AvroCodec.of(BehaviourModel.class).encode(model))).get();
        }
        indicators = new ArrayList<>(Indicators.make(1));
        indicators.subList(0, listed.size()).clear();
        indicators.addAll(listed);
        publishIndicators();
    }

    /** Settings of a job that is to use the model: windows so short that some end while it is measured. */
    static Map<String, String> settings() {
        return new HashMap<>(Map.of("KUBEGUARDIAN_MODELS_WINDOW_SECONDS", Integer.toString(WINDOW_SECONDS),
                "KUBEGUARDIAN_MODELS_LATE_SECONDS", "0"));
    }

    /** The same, and each window that is scored is told as an anomaly: so they can be counted. */
    static Map<String, String> countableSettings() {
        Map<String, String> settings = settings();
        settings.put("KUBEGUARDIAN_MODELS_LEAST_WINDOWS", "1");
        settings.put("KUBEGUARDIAN_MODELS_THRESHOLD_LOW", "0");
        settings.put("KUBEGUARDIAN_MODELS_THRESHOLD_HIGH", "0");
        return settings;
    }

    /** For jobs that start afterwards. */
    void publishIndicators() throws Exception {
        try (FeedTopic topic = new FeedTopic(client)) {
            feed = topic.publish(Indicators.compiled(indicators), null, "", "", "benchmark");
        }
    }

    /** Jobs that start afterwards have none. */
    void removeIndicators() throws Exception {
        try (FeedTopic topic = new FeedTopic(client)) {
            topic.remove(feed);
        }
    }
}
