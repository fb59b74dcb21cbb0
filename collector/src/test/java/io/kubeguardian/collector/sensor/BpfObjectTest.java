package io.kubeguardian.collector.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BpfObjectTest {
    private static final String REASON = "unknown func bpf_get_current_ancestor_cgroup_id#123";

    @ParameterizedTest
    @ValueSource(strings = {
        REASON + "\nverification time 1234 usec\nstack depth 88+32\nprocessed 109 insns (limit 1000000) max_states_per_insn 4\n",
        "109: (85) call pc+2\n" + REASON + "\nprocessed 109 insns (limit 1000000)\n\n",
        REASON
    })
    void theVerifiersReasonIsWhatStandsBeforeItsStatistics(String log) {
        assertThat(BpfObject.verdict(log)).isEqualTo("; verifier: " + REASON);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "processed 109 insns (limit 1000000)\n"})
    void withoutAReasonThereIsNone(String log) {
        assertThat(BpfObject.verdict(log)).isEmpty();
    }
}
