package io.kubeguardian.cli.triggers;

import io.kubeguardian.rules.RuleSet;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Falco's stable rules over what the collector sees of real processes in real containers. */
class StableRulesIT extends TriggerChecks {
    @Override
    List<RuleTrigger> each() {
        return StableTriggers.all();
    }

    @Override
    RuleSet rules() {
        return StableFile.require();
    }

    @Override
    Map<String, Recording> recordings(Path folder) throws Exception {
        return LiveTriggers.watch(each(), folder, StableRulesTest.CAPTURE);
    }
}
