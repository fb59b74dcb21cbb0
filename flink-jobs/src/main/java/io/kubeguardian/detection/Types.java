package io.kubeguardian.detection;

import io.kubeguardian.schema.Approval;
import io.kubeguardian.schema.BehaviourModel;
import io.kubeguardian.schema.DeadLetter;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.ProfileAudit;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.RuleBundle;
import io.kubeguardian.schema.RuleStatus;
import io.kubeguardian.schema.RuntimePolicyRecord;
import io.kubeguardian.schema.Signal;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;

/** How records travel between operators and lie in state: Avro, never Kryo. */
public final class Types {
    public static final TypeInformation<Signal> SIGNAL = new AvroTypeInfo<>(Signal.class);
    public static final TypeInformation<Incident> INCIDENT = new AvroTypeInfo<>(Incident.class);
    public static final TypeInformation<RiskScore> RISK = new AvroTypeInfo<>(RiskScore.class);
    public static final TypeInformation<Decision> DECISION = new AvroTypeInfo<>(Decision.class);
    public static final TypeInformation<Approval> APPROVAL = new AvroTypeInfo<>(Approval.class);
    public static final TypeInformation<DeadLetter> DEAD_LETTER = new AvroTypeInfo<>(DeadLetter.class);
    public static final TypeInformation<PodMetadata> POD = new AvroTypeInfo<>(PodMetadata.class);
    public static final TypeInformation<RuleBundle> RULE_BUNDLE = new AvroTypeInfo<>(RuleBundle.class);
    public static final TypeInformation<RuntimePolicyRecord> RUNTIME_POLICY =
            new AvroTypeInfo<>(RuntimePolicyRecord.class);
    public static final TypeInformation<RuleStatus> RULE_STATUS = new AvroTypeInfo<>(RuleStatus.class);
    public static final TypeInformation<Profile> PROFILE = new AvroTypeInfo<>(Profile.class);
    public static final TypeInformation<ProfileAudit> PROFILE_AUDIT = new AvroTypeInfo<>(ProfileAudit.class);
    public static final TypeInformation<BehaviourModel> MODEL = new AvroTypeInfo<>(BehaviourModel.class);

    private Types() {}
}
