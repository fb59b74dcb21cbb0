package io.kubeguardian.ingest;

import io.kubeguardian.ingest.falco.FalcoAlerts;
import io.kubeguardian.ingest.json.JsonLine;
import io.kubeguardian.ingest.tetragon.BootIds;
import io.kubeguardian.ingest.tetragon.TetragonEvents;
import io.kubeguardian.schema.LossCause;
import io.kubeguardian.schema.Signal;
import java.util.function.LongSupplier;

/**
 * Turns the lines of other sensors into KubeGuardian's own records. It knows nothing of where the lines come from and where
 * the records go. What a line became is complete only after {@link #flush()}. Not thread safe.
 */
public final class Translator {
    private final NodeBatches batches;
    private final Pods pods;
    private final TetragonEvents tetragon;
    private final FalcoAlerts falco;
    private final Records records;

    /**
     * Whose lines they are and how records are made of them.
     *
     * @param cluster name of the cluster
     * @param node for lines that name none
     * @param describePods whether {@link Records#pod} is to be told of pods
     * @param epoch of the first node's batches, milliseconds since the Unix epoch
     */
    public record Options(String cluster, String node, boolean describePods, long epoch) {}

    /** @param clock nanoseconds since the Unix epoch */
    public Translator(Options options, BootIds bootIds, LongSupplier clock, Records records) {
        this.records = records;
        this.batches = new NodeBatches(options.cluster(), options.epoch(), records::batch);
        this.pods = new Pods(options.cluster(), options.describePods(), records::pod);
        this.tetragon = new TetragonEvents(options.cluster(), options.node(), batches, pods, bootIds);
        this.falco = new FalcoAlerts(options.cluster(), options.node(), pods, clock);
    }

    /**
     * Takes one line, without its end.
     *
     * @return the node that it is about; empty when it says nothing to keep
     */
    public String take(ForeignSensor sensor, byte[] line) throws MalformedLineException {
        if (sensor == ForeignSensor.TETRAGON) {
            return tetragon.take(JsonLine.parse(line));
        }
        Signal signal = falco.take(JsonLine.parse(line));
        if (signal == null) {
            return "";
        }
        records.signal(signal);
        return signal.getPod().getNode();
    }

    /** A line of a node could not be read: the evidence of its pods has a gap. */
    public void lost(String node) {
        batches.lost(node, LossCause.UNREADABLE, 1);
    }

    /** Ends the batches begun. */
    public void flush() {
        batches.flush();
    }

    /** Sizes of what is remembered, for the metrics: nodes, pods, program runs. */
    public int[] remembered() {
        return new int[] {batches.size(), pods.size(), tetragon.remembered()};
    }
}
