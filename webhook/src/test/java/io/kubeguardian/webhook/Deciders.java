package io.kubeguardian.webhook;

import io.kubeguardian.config.AdmissionSettings;
import io.kubeguardian.config.ConfigReader;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** Deciders and mutators of cluster {@code prod}, as tests need them. */
final class Deciders {
    private Deciders() {}

    /** @param settings {@code KUBEGUARDIAN_ADMISSION_} is put before each name */
    static AdmissionSettings settings(Map<String, String> settings) {
        Map<String, String> environment = new HashMap<>();
        settings.forEach((name, value) -> environment.put("KUBEGUARDIAN_ADMISSION_" + name, value));
        return ConfigReader.read(null, environment).admission();
    }

    static Knowledge knowledge(Function<String, WorkloadRisk> risks) {
        return knowledge(risks, new PolicySet());
    }

    static Knowledge knowledge(Function<String, WorkloadRisk> risks, PolicySet policies) {
        Knowledge none = Knowledge.none();
        return new Knowledge(risks, none.quarantines(), policies, none.images(), none.imageUsers(),
                none.pods(), none.learned());
    }

    static Decider decider(double denyAtRisk, boolean denyPrivileged, Function<String, WorkloadRisk> risks) {
        return new Decider("prod", denyAtRisk, denyPrivileged, settings(Map.of()), knowledge(risks));
    }
}
