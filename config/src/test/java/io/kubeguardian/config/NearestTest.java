package io.kubeguardian.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
    private static final List<String> KNOWN = List.of("evt.time", "evt.type", "fd.name", "proc.name");

    @ParameterizedTest
    @CsvSource({"evt.tpye, evt.type", "evt.tim, evt.time", "prc.name, proc.name", "fd.nmae, fd.name", "zzzzzzzz, ''", "x, ''"})
    void theNearestKnownNameIsMeant(String name, String expected) {
        String nearest = Nearest.to(name, KNOWN);

        assertThat(nearest).isEqualTo(expected);
    }
}
