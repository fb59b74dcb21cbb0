package io.kubeguardian.config;

/** The whole configuration: one section per part. Read it with {@link ConfigReader}. */
public record KubeGuardianConfig(
        KafkaSettings kafka, CollectorSettings collector, DetectionSettings detection, BaselineSettings baseline,
        WebhookSettings webhook, IngestSettings ingest, IntelSettings intel, DecisionSettings decisions,
        ModelSettings models, ControllerSettings controller, ImageSettings images, AdmissionSettings admission) {}
