package io.kubeguardian.collector;

import static io.kubeguardian.collector.TestCgroups.run;
import static io.kubeguardian.collector.TestCgroups.trigger;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.schema.CaptureFile;
import io.kubeguardian.schema.EventBatch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A kernel whose verifier rejects one program of ours: here one that reads a register which nobody has written to. */
@KernelTest(inGuest = false)
class RejectedProgramIT {
    private static final String OBJECT = "io/kubeguardian/bpf/kubeguardian.bpf.o";
    private static final String SECTION = "tp_btf/cgroup_rmdir";
    /** r8 = r9, in the place of the section's first instruction. */
    private static final long UNWRITTEN = 0x98bfL;

    @TempDir
    Path folder;

    @Test
    void theOthersRunAndTheLogAndTheReadyLineNameItWithTheVerifiersWord() throws Exception {
        Path object = folder.resolve("classes").resolve(OBJECT);
        Files.createDirectories(object.getParent());
        Files.write(object, withABadProgram());
        Path capture = folder.resolve("capture.avro");
        try (TestCgroups cgroups = new TestCgroups();
                CollectorProcess collector = new CollectorProcess(List.of(),
                        folder.resolve("classes") + ":" + CollectorProcess.classPath(),
                        Map.of("KUBEGUARDIAN_COLLECTOR_CGROUP", cgroups.root().toString(),
                                "KUBEGUARDIAN_COLLECTOR_METRICS_PORT", "-1"),
                        List.of("--capture", capture.toString(), "--no-kafka"))) {
            String refused = collector.awaitLineWith("event=program-refused");
            String ready = collector.awaitLine("collector ready: ");
            run(cgroups.container(TestCgroups.randomPod(), TestCgroups.randomContainer()), trigger("exit_with"), 0);

            collector.terminate();

            assertThat(refused).contains("program=kg_cgroup_rmdir hook=" + SECTION, "verifier: R9 !read_ok");
            assertThat(ready).contains("cgroup=REFUSED(" + SECTION + " refused by this kernel: ", "R9 !read_ok",
                    "exec=tp_btf/", "open=");
            try (CaptureFile.Reader reader = new CaptureFile.Reader(capture)) {
                assertThat(StreamSupport.stream(reader.spliterator(), false).map(entry -> (EventBatch) entry.getRecord())
                        .mapToInt(batch -> batch.getExecs().size()).sum()).isOne();
            }
        }
    }

    private static byte[] withABadProgram() throws IOException {
        try (InputStream in = RejectedProgramIT.class.getResourceAsStream('/' + OBJECT)) {
            byte[] object = in.readAllBytes();
            ByteBuffer.wrap(object).order(ByteOrder.LITTLE_ENDIAN).putLong(offset(object, SECTION), UNWRITTEN);
            return object;
        }
    }

    /** Where a section of an ELF file (64 bits, little endian) begins: elf(5). */
    private static int offset(byte[] file, String section) {
        ByteBuffer elf = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int headers = (int) elf.getLong(0x28);
        int size = elf.getShort(0x3a);
        int names = (int) elf.getLong(headers + elf.getShort(0x3e) * size + 0x18);
        byte[] wanted = (section + '\0').getBytes(StandardCharsets.US_ASCII);
        for (int header = headers; header < headers + elf.getShort(0x3c) * size; header += size) {
            int name = names + elf.getInt(header);
            if (Arrays.equals(file, name, name + wanted.length, wanted, 0, wanted.length)) {
                return (int) elf.getLong(header + 0x18);
            }
        }
        throw new IllegalStateException("no section " + section);
    }
}
