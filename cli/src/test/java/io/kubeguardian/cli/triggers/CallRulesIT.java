package io.kubeguardian.cli.triggers;

import io.kubeguardian.rules.RuleSet;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The built-in rules about system calls over what the collector sees of real processes in real containers. */
class CallRulesIT extends TriggerChecks {
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
        return LiveTriggers.watch(each(), folder, CallRulesTest.CAPTURE);
    }
}
