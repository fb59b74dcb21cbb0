package io.kubeguardian.detection;

import io.kubeguardian.runtimepolicy.RuntimePolicies;
import io.kubeguardian.schema.Signal;
import java.util.List;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;

/**
 * Runs {@link DetectFunction}, and lets it write what it has in hand to keyed state before a checkpoint takes that: a
 * function alone has no say in which key is current.
 */
final class DetectOperator extends CoBroadcastWithKeyedOperator<String, RawRecord, RuleUpdate, Signal> {
    private static final long serialVersionUID = 1L;

    private final DetectFunction detect;

    DetectOperator(DetectFunction function) {
        super(function, List.of(EffectiveRules.STATE, RuntimePolicies.STATE));
        this.detect = function;
    }

    @Override
    public void open() throws Exception {
        detect.keys(this);
        super.open();
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        detect.flush();
        super.snapshotState(context);
    }
}
