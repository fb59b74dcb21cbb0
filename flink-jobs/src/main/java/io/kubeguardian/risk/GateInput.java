package io.kubeguardian.risk;

import io.kubeguardian.schema.Approval;
import io.kubeguardian.schema.Decision;

/** What comes to the gate: a proposal or a person's answer. Flink POJO: one of the two is set. */
public final class GateInput {
    public String cluster = "";
    public Decision proposal;
    public Approval approval;

    public GateInput() {}

    static GateInput of(Decision proposal) {
        GateInput input = new GateInput();
        input.cluster = proposal.getCluster();
        input.proposal = proposal;
        return input;
    }

    static GateInput of(Approval approval) {
        GateInput input = new GateInput();
        input.cluster = approval.getCluster();
        input.approval = approval;
        return input;
    }
}
