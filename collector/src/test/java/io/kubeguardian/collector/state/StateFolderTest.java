package io.kubeguardian.collector.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeguardian.collector.batch.Numbers;
import io.kubeguardian.collector.batch.Origin;
import io.kubeguardian.schema.EventClass;
import io.kubeguardian.schema.Loss;
import io.kubeguardian.schema.LossCause;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateFolderTest {
    private static final Origin FIRST = new Origin("c", "n", "boot", 1_000);
    private static final Origin SECOND = new Origin("c", "n", "boot", 2_000);
    private static final long ENDED = 5_000_000_000L;
    private static final Numbers NUMBERS = new Numbers(7, Map.of("a", 3L, "", 4L), 1);
    private static final List<Loss> LOSSES = List.of(new Loss(EventClass.BULK, LossCause.QUEUE_FULL, 9L));

    @TempDir
    Path folder;

    @Test
    void afterAnOrderlyEndTheEpochGoesOnAndTheTimeInBetweenIsTold() throws Exception {
        try (StateFolder state = new StateFolder(folder)) {
            state.running(FIRST);
            state.ended(FIRST, ENDED, NUMBERS, LOSSES);
        }

        Start start = start(SECOND, ENDED + 2_500_000_000L);

        assertThat(start.origin()).isEqualTo(new Origin("c", "n", "boot", 1_000, 0, 2_500));
        assertThat(start.numbers()).isEqualTo(NUMBERS);
        assertThat(start.losses()).isEqualTo(LOSSES);
    }

    @Test
    void theTimesWithoutACollectorAddUpAndACrashBeforeTheEpochIsNotForgotten() throws Exception {
        Origin origin = new Origin("c", "n", "boot", 1_000, 500, 40);
        try (StateFolder state = new StateFolder(folder)) {
            state.ended(origin, ENDED, NUMBERS, LOSSES);
        }

        Start start = start(SECOND, ENDED + 2_000_000L);

        assertThat(start.origin()).isEqualTo(new Origin("c", "n", "boot", 1_000, 500, 42));
    }

    @Test
    void afterACrashANewEpochNamesTheOneBefore() throws Exception {
        try (StateFolder state = new StateFolder(folder)) {
            state.running(FIRST);
        }

        Start start = start(SECOND, ENDED);

        assertThat(start).isEqualTo(Start.anew(new Origin("c", "n", "boot", 2_000, 1_000, 0)));
    }

    @Test
    void afterARebootANewEpochBeginsAndIsNotSuspectWhenTheLastOneEndedInOrder() throws Exception {
        try (StateFolder state = new StateFolder(folder)) {
            state.ended(FIRST, ENDED, NUMBERS, LOSSES);
        }

        Start start = start(new Origin("c", "n", "next boot", 2_000), 1);

        assertThat(start).isEqualTo(Start.anew(new Origin("c", "n", "next boot", 2_000)));
    }

    @Test
    void aClockThatWasSetBackBringsNoEpochBackThatHasBeen() throws Exception {
        try (StateFolder state = new StateFolder(folder)) {
            state.running(SECOND);
        }

        assertThat(start(FIRST, ENDED).origin().epoch()).isEqualTo(2_001);
    }

    @Test
    void withoutAStateNothingIsKnown() {
        assertThat(start(FIRST, ENDED)).isEqualTo(Start.anew(FIRST));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "{", "[]", "null", "\u0000\u0001\u0002", "{\"version\": 1}",
        "VALID and more",
        "s/\"version\":1/\"version\":2/",
        "s/\"epoch\":1000/\"epoch\":-1/",
        "s/\"epoch\":1000/\"epoch\":9223372036854775807/",
        "s/\"epoch\":1000/\"epoch\":\"1000\"/",
        "s/\"epoch\":1000/\"epoch\":1000.5/",
        "s/\"epoch\":1000/\"epoch\":1000,\"epoch\":1001/",
        "s/\"nodeSequence\":7/\"nodeSequence\":-7/",
        "s/\"nodeSequence\":7/\"nodeSequence\":9223372036854775807/",
        "s/\"a\":3/\"a\":null/",
        "s/\"a\":3/\"a\":{}/",
        "s/\"a\":3/\"a\":-3/",
        "s/\"events\":9/\"events\":-9/",
        "s/BULK/OF_ANOTHER_KIND/",
        "s/\"ended\":true/\"ended\":true,\"more\":1/",
        "s/\"cluster\":\"c\"/\"cluster\":null/"})
    void aStateThatNoCollectorWroteBeginsAnEpochOfWhichThatIsSaid(String content) throws Exception {
        Path file = folder.resolve("collector-state.json");
        try (StateFolder state = new StateFolder(folder)) {
            state.ended(FIRST, ENDED, NUMBERS, LOSSES);
        }
        String valid = Files.readString(file);
        if (content.startsWith("s/")) {
            String[] parts = content.split("/");
            assertThat(valid).contains(parts[1]);
            Files.writeString(file, valid.replace(parts[1], parts[2]));
        } else {
            Files.writeString(file, content.replace("VALID", valid));
        }

        Start start = start(SECOND, ENDED);

        assertThat(start).isEqualTo(Start.anew(new Origin("c", "n", "boot", 2_000, -1, 0)));
    }

    @Test
    void aFolderIsOfOneCollectorAtATime() throws Exception {
        try (StateFolder first = new StateFolder(folder)) {
            assertThat(first).isNotNull();
            assertThatThrownBy(() -> new StateFolder(folder).close()).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(folder + " is in use by another collector");
        }
        new StateFolder(folder).close();
    }

    @Test
    void aFolderThatCannotBeIsNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertThatThrownBy(() -> new StateFolder(file.resolve("below")).close())
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("stateFolder " + file);
    }

    private Start start(Origin here, long bootNanos) {
        try (StateFolder state = new StateFolder(folder)) {
            return state.start(here, bootNanos);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
