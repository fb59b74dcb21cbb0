package io.kubeguardian.collector.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kubeguardian.collector.sensor.ContainmentLayouts;
import io.kubeguardian.schema.EventBits;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The Java side of every kernel struct against what clang made of it, as the built object's BTF tells. */
class StructLayoutTest {
    private static final Path TARGET = Path.of(System.getProperty("kubeguardian.bpf.target"));

    /** A member's place. */
    private record Place(long offset, long size) {}

    @Test
    void javaLayoutsAreThoseOfTheObject() throws Exception {
        Map<String, JsonNode> structs = btf();

        List<StructLayout> layouts = new ArrayList<>(KernelLayouts.all());
        layouts.addAll(ContainmentLayouts.ALL);
        for (StructLayout layout : layouts) {
            String name = layout.name().orElseThrow();
            assertThat(structs).as("struct in BTF").containsKey(name);
            assertThat(places(layout)).as(name).isEqualTo(places(structs.get(name)));
            assertThat(layout.byteSize()).as("size of " + name).isEqualTo(structs.get(name).get("size").asLong());
        }
    }

    @Test
    void flagBitsAreThoseOfTheSchemas() throws Exception {
        Map<String, Integer> defines = new HashMap<>();
        try (var headers = Files.newDirectoryStream(TARGET.resolve("../include"), "*.h")) {
            for (Path header : headers) {
                Matcher define = Pattern.compile("#define KG_((?:EXEC|OPEN|CONNECT|DUP|SOCKET|DNS|CALL)_\\w+) (\\d+)")
                        .matcher(Files.readString(header));
                while (define.find()) {
                    defines.put(define.group(1), Integer.parseInt(define.group(2)));
                }
            }
        }

        Map<String, Integer> bits = new HashMap<>();
        for (var field : EventBits.class.getFields()) {
            bits.put(field.getName(), field.getInt(null));
        }

        assertThat(defines).isNotEmpty();
        assertThat(bits).containsAllEntriesOf(defines);
    }

    private static Map<String, Place> places(StructLayout layout) {
        Map<String, Place> places = new LinkedHashMap<>();
        for (MemoryLayout member : layout.memberLayouts()) {
            String name = member.name().orElseThrow();
            places.put(name, new Place(layout.byteOffset(PathElement.groupElement(name)), member.byteSize()));
        }
        return places;
    }

    private static Map<String, Place> places(JsonNode struct) {
        Map<String, Place> places = new LinkedHashMap<>();
        for (int i = 0; i < struct.get("members").size(); i++) {
            JsonNode member = struct.get("members").get(i);
            long offset = member.get("bits_offset").asLong() / 8;
            boolean last = i == struct.get("members").size() - 1;
            long next = last
                    ? struct.get("size").asLong()
                    : struct.get("members").get(i + 1).get("bits_offset").asLong() / 8;
            if (next > offset) { // a flexible array at the end has no size
                places.put(member.get("name").asText(), new Place(offset, next - offset));
            }
        }
        return places;
    }

    private static Map<String, JsonNode> btf() throws Exception {
        Path object = TARGET.resolve("classes/io/kubeguardian/bpf/kubeguardian.bpf.o");
        Assumptions.assumeTrue(Files.exists(object), "BPF object not built");
        Process bpftool = new ProcessBuilder("/usr/sbin/bpftool", "btf", "dump", "file", object.toString(), "-j").start();
        JsonNode types = JsonMapper.builder().build().readTree(bpftool.getInputStream()).get("types");
        assertThat(bpftool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        Map<String, JsonNode> structs = new HashMap<>();
        for (JsonNode type : types) {
            if (type.get("kind").asText().equals("STRUCT")) {
                structs.put(type.get("name").asText(), type);
            }
        }
        return structs;
    }
}
