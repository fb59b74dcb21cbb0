package io.kubeguardian.collector.vm;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the guest boots from.
 *
 * @param folder result of {@code collector/vm/build.sh}
 * @param problem why there is none here, in one sentence, or empty
 */
record Image(Path folder, String problem) {
    private static final int CANNOT = 3;
    private static final Pattern TEST_LIBRARY = Pattern.compile("/(junit-|opentest4j|assertj-|byte-buddy)[^/]*\\.jar$");

    /** Builds what is not there yet. The first time it fetches the kernel's package. */
    static Image build() throws IOException {
        Path lock = Path.of(System.getProperty("kubeguardian.bpf.target")).resolve("../../collector/target/vm.lock");
        try (FileChannel file = FileChannel.open(lock, CREATE, WRITE); FileLock alone = file.lock()) {
            return buildAlone(); // tests run in two JVMs
        }
    }

    private static Image buildAlone() throws IOException {
        Path bpf = Path.of(System.getProperty("kubeguardian.bpf.target")).toAbsolutePath().normalize();
        Path collector = bpf.resolve("../../collector").normalize();
        Path target = collector.resolve("target/vm");
        if (!Files.exists(bpf.resolve("classes/io/kubeguardian/bpf/kubeguardian.bpf.o"))) {
            return new Image(target, "BPF object not built: install clang, llvm, bpftool and libbpf-dev and build again");
        }
        String separator = File.pathSeparator;
        List<String> command = List.of(collector.resolve("vm/build.sh").toString(), target.toString(),
                bpf.resolve("triggers").toString(), String.join(separator, shipped(collector)),
                String.join(separator, tests()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        int status = process.onExit().join().exitValue();
        return switch (status) {
            case 0 -> new Image(target, "");
            case CANNOT -> new Image(target, "no virtual machine here: " + output);
            default -> throw new IOException("collector/vm/build.sh exits " + status + ": " + output);
        };
    }

    /** The class path that the collector is shipped with. */
    private static List<String> shipped(Path collector) throws IOException {
        List<String> jars = new ArrayList<>();
        try (Stream<Path> built = Files.list(collector.resolve("target"))) {
            built.map(Path::toString).filter(name -> name.endsWith("-SNAPSHOT.jar")).forEach(jars::add);
        }
        jars.addAll(List.of(Files.readString(collector.resolve("target/classpath.txt")).strip().split(File.pathSeparator)));
        return jars;
    }

    /** Of this test run's class path the tests and their engine; the broker stays here. */
    private static List<String> tests() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.endsWith("test-classes") || TEST_LIBRARY.matcher(entry).find()).toList();
    }
}
