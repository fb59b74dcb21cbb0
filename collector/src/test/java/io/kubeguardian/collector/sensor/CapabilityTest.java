package io.kubeguardian.collector.sensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class CapabilityTest {
    @Test
    void eachThatTheKernelDoesNotNameAsEffectiveIsMissing() {
        assertThat(Capability.missing(List.of("Name:\tjava", "CapPrm:\t000001ffffffffff", "CapEff:\t0000004000001000")))
                .containsExactly(Capability.BPF);
        assertThat(Capability.missing(List.of("CapEff:\t0000000000000000"))).hasSize(3);
        assertThat(Capability.missing(List.of("CapEff:\t000000c000001000"))).isEmpty();
    }

    @Test
    void sysAdminStandsInForAll() {
        assertThat(Capability.missing(List.of("CapEff:\t0000000000200000"))).isEmpty();
    }

    @Test
    void whatIsMissingIsNamedInOneLine() {
        assertThat(Capability.problem(Capability.missing(List.of("CapEff:\t0000008000000000"))))
                .isEqualTo("CAP_PERFMON and CAP_NET_ADMIN are missing: grant them, or run as root (docs/privileges.md)");
    }

    @Test
    void aStatusWithoutCapabilitiesIsAnError() {
        assertThatThrownBy(() -> Capability.missing(List.of("Name:\tjava")))
                .isInstanceOf(SensorException.class).hasMessageContaining("CapEff");
    }
}
