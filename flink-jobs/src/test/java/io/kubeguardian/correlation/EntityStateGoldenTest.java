package io.kubeguardian.correlation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kubeguardian.detection.SignalExamples;
import io.kubeguardian.schema.Priority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

/**
 * An entity's state as an earlier version wrote it, its serializer's description included, is still read. When the state
 * changes in a way that Flink cannot follow this fails; a change that it can follow gets a file of its own, written with
 * {@code -Dkubeguardian.state.record=true}.
 */
class EntityStateGoldenTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/EntityState.v1.bin");

    private static final TypeSerializer<EntityState> SERIALIZER =
            TypeInformation.of(EntityState.class).createSerializer(new SerializerConfigImpl());

    @Test
    void record() throws Exception {
        assumeThat(Boolean.getBoolean("kubeguardian.state.record")).isTrue();
        DataOutputSerializer out = new DataOutputSerializer(4096);
        TypeSerializerSnapshot.writeVersionedSnapshot(out, SERIALIZER.snapshotConfiguration());
        SERIALIZER.serialize(example(), out);
        Files.createDirectories(GOLDEN.getParent());
        Files.write(GOLDEN, out.getCopyOfBuffer());
    }

    @Test
    void theStateOfEachVersionIsStillRead() throws Exception {
        DataInputDeserializer in = new DataInputDeserializer(Files.readAllBytes(GOLDEN));
        TypeSerializerSnapshot<EntityState> written =
                TypeSerializerSnapshot.readVersionedSnapshot(in, getClass().getClassLoader());
        EntityState read = written.restoreSerializer().deserialize(in);

        TypeSerializerSchemaCompatibility<EntityState> compatibility =
                SERIALIZER.snapshotConfiguration().resolveSchemaCompatibility(written);

        assertThat(compatibility.isIncompatible()).isFalse();
        EntityState expected = example();
        assertThat(read.scope).isEqualTo(expected.scope);
        assertThat(read.timer).isEqualTo(expected.timer);
        assertThat(read.kept).singleElement().satisfies(kept -> {
            assertThat(kept.time).isEqualTo(5);
            assertThat(kept.signal.getRule()).isEqualTo("a");
            assertThat(kept.evidence).extracting(signal -> signal.getRule()).containsExactly("c");
        });
        assertThat(read.waiting).singleElement().satisfies(waiting -> assertThat(waiting.version).isEqualTo(7));
        assertThat(read.tallies.get("a").kept).isEqualTo(1);
        assertThat(read.progress.get("old@0").times).containsExactly(1L, 2L);
        assertThat(read.progress.get("old@0").values).containsEntry("v", 3L);
        assertThat(read.progress.get("old@0").deadlines).containsExactly(9L);
        assertThat(read.open).singleElement().satisfies(open -> {
            assertThat(open.incident.getTitle()).isEqualTo("A story");
            assertThat(open.told).isEqualTo(2);
            assertThat(open.changed).isTrue();
        });
    }

    private static EntityState example() {
        EntityState entity = new EntityState();
        entity.scope = "0:k8s.pod.uid";
        entity.timer = 11;
        entity.kept.add(new KeptSignal(5, SignalExamples.rule("a", Priority.WARNING, 5),
                List.of(SignalExamples.rule("c", Priority.WARNING, 4)), 0));
        entity.waiting.add(new KeptSignal(6, SignalExamples.rule("b", Priority.WARNING, 6), null, 7));
        Tally tally = new Tally();
        tally.kept = 1;
        entity.tallies.put("a", tally);
        PatternProgress progress = new PatternProgress();
        progress.times.addAll(List.of(1L, 2L));
        progress.values.put("v", 3L);
        progress.deadlines.add(9L);
        entity.progress.put("old@0", progress);
        OpenIncident open = new OpenIncident();
        open.incident = SignalExamples.incident(5);
        open.told = 2;
        open.changed = true;
        entity.open.add(open);
        return entity;
    }
}
