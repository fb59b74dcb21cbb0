package io.kubeguardian.detection;

import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.CaptureEntry;
import io.kubeguardian.schema.CaptureFile;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalFile;
import io.kubeguardian.schema.Topics;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;

/**
 * The pipeline's input from capture files and files of other sensors' signals: the same records as from Kafka, in the files'
 * order, then the end.
 */
final class CaptureRecords extends RichFlatMapFunction<Long, RawRecord> {
    private static final long serialVersionUID = 1L;

    private final List<String> files;
    private transient AvroCodec<EventBatch> batches;
    private transient AvroCodec<PodMetadata> pods;
    private transient AvroCodec<Signal> signals;

    private CaptureRecords(List<String> files) {
        this.files = files;
    }

    /** One task reads all files: order is what a capture is about. */
    static DataStream<RawRecord> source(StreamExecutionEnvironment env, List<Path> captures, long disorderMillis) {
        List<String> files = captures.stream().map(Path::toString).toList();
        return env.fromSequence(0, files.size() - 1).setParallelism(1).name("captures").uid("captures")
                .flatMap(new CaptureRecords(List.copyOf(files))).setParallelism(1)
                .name("read-captures").uid("read-captures")
                .assignTimestampsAndWatermarks(EventTimeWatermarks.bounded(disorderMillis)).setParallelism(1)
                .name("records").uid("records");
    }

    @Override
    public void open(OpenContext context) {
        batches = AvroCodec.of(EventBatch.class);
        pods = AvroCodec.of(PodMetadata.class);
        signals = AvroCodec.of(Signal.class);
    }

    @Override
    public void flatMap(Long file, Collector<RawRecord> out) throws Exception {
        Path path = Path.of(files.get(file.intValue()));
        if (SignalFile.is(path)) {
            signals(path, file.intValue(), out);
        } else {
            capture(path, file, out);
        }
    }

    private void signals(Path path, int file, Collector<RawRecord> out) throws Exception {
        long entry = 0;
        try (SignalFile.Reader reader = new SignalFile.Reader(path)) {
            for (Signal signal = reader.next(); signal != null; signal = reader.next()) {
                out.collect(new RawRecord(Topics.SIGNALS, file, entry++, signal.getEventTime() / 1_000_000,
                        Keys.bytes(ForeignSignals.key(signal)), signals.encode(signal)));
            }
        }
    }

    private void capture(Path path, Long file, Collector<RawRecord> out) throws Exception {
        long entry = 0;
        try (CaptureFile.Reader reader = new CaptureFile.Reader(path)) {
            for (CaptureEntry next = reader.next(); next != null; next = reader.next()) {
                if (next.getRecord() instanceof EventBatch batch) {
                    out.collect(new RawRecord(Topics.EVENTS, file.intValue(), entry, batch.getBaseTime() / 1_000_000,
                            Keys.bytes(Keys.events(batch)), batches.encode(batch)));
                } else if (next.getRecord() instanceof PodMetadata pod) {
                    out.collect(new RawRecord(Topics.PODS, file.intValue(), entry, pod.getUpdatedAt(),
                            Keys.bytes(pod.getUid()), pods.encode(pod)));
                }
                entry++;
            }
        }
    }
}
