package io.kubeguardian.collector.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class ProgramInfoIT {
    /** The members beside the one of interest show that all are read where this kernel has them. */
    @Test
    void theKernelTellsOfALoadedProgram() {
        Assumptions.assumeTrue(Sensor.probe().isEmpty(), Sensor::probe);
        try (BpfObject object = new BpfObject(EnumSet.of(SensorProgram.EXIT))) {
            object.load(null);

            ProgramInfo info = object.info(SensorProgram.EXIT);

            assertThat(info.name()).isEqualTo(SensorProgram.EXIT.function);
            assertThat(info.verified()).isBetween(10, 1_000_000);
            assertThat(info.missed()).isZero(); // it is attached nowhere
        }
    }
}
