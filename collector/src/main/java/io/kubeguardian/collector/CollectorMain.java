package io.kubeguardian.collector;

import io.kubeguardian.collector.attribute.CgroupTree;
import io.kubeguardian.collector.contain.CgroupFreezer;
import io.kubeguardian.collector.ffm.NativeException;
import io.kubeguardian.collector.sensor.ProgramVerdict;
import io.kubeguardian.collector.sensor.Sensor;
import io.kubeguardian.collector.sensor.SensorException;
import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.schema.SensorMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.common.KafkaException;

/**
 * The collector as a process. SIGTERM or SIGINT drains and ends it (143 or 130, as any JVM); 2 with one line on stderr
 * when it cannot run, 1 with a stack trace for a mistake of ours.
 */
public final class CollectorMain {
    private static final String USAGE =
            "usage: collector [--config FILE] [--capture FILE [--no-kafka] | --thaw] | --probe | --programs";
    private static final String HELP = USAGE + """

              --config FILE   the configuration (docs/configuration.md); each key is also an environment variable
              --capture FILE  also write what is sent to a file, for `kubeguardian replay`
              --no-kafka      only to that file
              --thaw          thaw what a collector froze on this node and left, and end
              --probe         say whether the sensors can run here, and end: 0 yes, 1 no
              --programs      say of each BPF program whether this kernel takes it, and end: 1 when its verifier rejects one
            Ends with 2 and one line on stderr when it cannot run.""";

    private CollectorMain() {}

    public static void main(String[] args) {
        if (List.of(args).equals(List.of("--probe"))) {
            probe();
            return;
        }
        if (List.of(args).contains("--help")) {
            System.out.println(HELP);
            return;
        }
        try {
            if (List.of(args).equals(List.of("--programs"))) {
                programs();
                return;
            }
            if (List.of(args).contains("--thaw")) {
                thaw(args);
                return;
            }
            NodeCollector collector = open(args);
            Runtime.getRuntime().addShutdownHook(new Thread(collector::close, "kg-shutdown"));
            System.err.println(readyLine(collector));
            System.gc(); // start-up made most of the garbage that there will ever be: the small heap starts small
            collector.run();
        } catch (ConfigException | IllegalArgumentException | SensorException | NativeException | UncheckedIOException
                | KafkaException e) {
            System.err.println("collector: " + message(e));
            System.exit(2);
        } catch (IOException e) {
            System.err.println("collector: " + e.getMessage());
            System.exit(2);
        } catch (RuntimeException | Error e) { // else the other threads live on: a process that sees nothing
            e.printStackTrace();
            System.exit(1);
        }
    }

    /** Kafka's clients hide what is wrong below "Failed to construct". */
    private static String message(RuntimeException e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof ConfigException) {
                return t.getMessage();
            }
        }
        return e instanceof KafkaException && e.getCause() != null ? "Kafka: " + e.getCause().getMessage() : e.getMessage();
    }

    /** Exits 0 when the sensor can run here, else 1 with the reason. */
    private static void probe() {
        String problem = Sensor.probe();
        if (!problem.isEmpty()) {
            System.err.println(problem);
            System.exit(1);
        }
    }

    /** For a node that gets no collector any more: nobody else would end what it froze. */
    private static void thaw(String[] args) throws IOException {
        List<String> left = new ArrayList<>(List.of(args));
        left.remove("--thaw");
        Iterator<String> rest = left.iterator();
        Path config = null;
        while (rest.hasNext()) {
            if (!rest.next().equals("--config")) {
                throw new IllegalArgumentException(USAGE);
            }
            config = path(rest);
        }
        CgroupTree tree = CgroupTree.of(ConfigReader.read(config, System.getenv()).collector().cgroup());
        new CgroupFreezer(tree).thawAll().forEach(thawed -> System.out.println("thawed " + thawed));
    }

    /** Says of every BPF program whether this kernel takes it, a line each; exits 1 when its verifier rejects one. */
    private static void programs() {
        List<ProgramVerdict> verdicts = ProgramVerdict.all();
        verdicts.forEach(System.out::println);
        if (verdicts.stream().anyMatch(verdict -> verdict.outcome() == ProgramVerdict.Outcome.REJECTED)) {
            System.exit(1);
        }
    }

    private static NodeCollector open(String[] args) {
        Path config = null;
        Path capture = null;
        boolean kafka = true;
        for (Iterator<String> left = List.of(args).iterator(); left.hasNext();) {
            switch (left.next()) {
                case "--config" -> config = path(left);
                case "--capture" -> capture = path(left);
                case "--no-kafka" -> kafka = false;
                default -> throw new IllegalArgumentException(USAGE);
            }
        }
        KubeGuardianConfig read = ConfigReader.read(config, System.getenv());
        return NodeCollector.open(read, new CollectorOptions(capture, kafka));
    }

    private static Path path(Iterator<String> left) {
        if (!left.hasNext()) {
            throw new IllegalArgumentException(USAGE);
        }
        return Path.of(left.next());
    }

    private static String readyLine(NodeCollector collector) {
        StringBuilder line = new StringBuilder("collector ready: node=" + collector.origin().node() + " cgroup="
                + collector.tree().root() + " metricsPort=" + collector.metricsPort());
        for (SensorMode mode : collector.status().sensors()) {
            line.append(' ').append(mode.getSensor()).append('=')
                    .append(mode.getProblem().isEmpty() ? mode.getHook().replace(' ', '+') : "REFUSED(" + mode.getProblem() + ')');
        }
        return line.toString();
    }
}
