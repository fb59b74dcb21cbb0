package io.kubeguardian.detection;

import io.kubeguardian.alerts.Alert;
import io.kubeguardian.schema.DeadLetter;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.ProfileAudit;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.RuleStatus;
import io.kubeguardian.schema.Signal;
import org.apache.flink.api.connector.sink2.Sink;

/** Where everything goes that the pipeline concludes, and says of itself. */
public record DetectionSinks(
        Sink<Signal> signals, Sink<Incident> incidents, Sink<RiskScore> risk, Sink<Decision> decisions,
        Sink<Decision> decisionLog,
        Sink<Alert> alerts, Sink<RuleStatus> ruleStatus, Sink<Profile> profiles, Sink<ProfileAudit> profileAudit,
        Sink<DeadLetter> deadLetters) {}
