package io.kubeguardian.cli.triggers;

import io.kubeguardian.rules.RuleSet;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The built-in rules about system calls over what the sensor recorded of real triggers (see {@link CallRulesIT}). */
class CallRulesTest extends TriggerChecks {
    static final Path CAPTURE = Path.of("src/test/resources/system-calls.avro");

    @Override
    List<RuleTrigger> each() {
        return CallTriggers.all();
    }

    @Override
    RuleSet rules() {
        return RuleSet.loadBuiltIn();
    }

    @Override
    Map<String, Recording> recordings(Path folder) throws Exception {
        return Recording.read(CAPTURE);
    }
}
