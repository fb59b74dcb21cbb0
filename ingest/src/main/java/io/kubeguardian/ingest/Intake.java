package io.kubeguardian.ingest;

import io.kubeguardian.ingest.file.Line;
import io.kubeguardian.ingest.ship.Portion;
import io.kubeguardian.ingest.ship.Sender;
import io.kubeguardian.ingest.tetragon.BootIds;
import io.kubeguardian.schema.DeadLetter;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.Signal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where all lines come together: one translator, so that every node's batches have one row of numbers, and one sender. Thread
 * safe.
 */
final class Intake implements Records {
    private static final int MOST_PAYLOAD = 64 << 10;
    private static final int LONGEST_REASON = 512;

    private final ReentrantLock lock = new ReentrantLock();
    private final BootIds bootIds;
    private final Translator translator;
    private final Sender sender;
    private final IngestMetrics metrics;
    private volatile Map<String, BootIds.Boot> boots;
    /** What the translator is filling; only while the lock is held. */
    private Portion portion;

    Intake(Translator.Options options, Map<String, BootIds.Boot> boots, Sender sender, IngestMetrics metrics) {
        this.bootIds = new BootIds(boots);
        this.boots = boots;
        this.translator = new Translator(options, bootIds, Intake::nanos, this);
        this.sender = sender;
        this.metrics = metrics;
    }

    static long nanos() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    /**
     * Where lines come from.
     *
     * @param via file or http
     * @param name what a dead letter calls it
     */
    record Source(ForeignSensor sensor, String via, String name) {}

    /**
     * What became of lines.
     *
     * @param taken how many were understood
     * @param firstProblem of the first that was not; empty when all were
     * @param node of the last that was
     */
    record Result(Portion portion, int taken, int malformed, String firstProblem, String node) {}

    /**
     * Translates and hands over to be sent; waits while too much waits already.
     *
     * @param node that the source's lines were about so far: one that cannot be read is a gap in its evidence
     */
    Result take(Source source, List<Line> lines, String node) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            return translate(source, lines, node, true);
        } finally {
            lock.unlock();
        }
    }

    /**
     * As {@link #take}, at once or not at all. What cannot be read is nobody's loss: who sent it is told, and still has it.
     *
     * @return null: come again
     */
    Result tryTake(Source source, List<Line> lines, long patienceMillis) throws InterruptedException {
        if (!sender.healthy() || !lock.tryLock(patienceMillis, TimeUnit.MILLISECONDS)) {
            return null;
        }
        try {
            return sender.hasRoom() ? translate(source, lines, "", false) : null;
        } finally {
            lock.unlock();
        }
    }

    private Result translate(Source source, List<Line> lines, String nodeSoFar, boolean losses)
            throws InterruptedException {
        portion = new Portion();
        String label = source.sensor().label();
        String node = nodeSoFar;
        String firstProblem = "";
        int malformed = 0;
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            metrics.bytes.labels(label, source.via()).inc(line.length());
            try {
                if (line.tooLong()) {
                    throw new MalformedLineException("longer than ingest.maxLineBytes: " + line.length() + " bytes");
                }
                String of = translator.take(source.sensor(), line.bytes());
                node = of.isEmpty() ? node : of;
                metrics.lines.labels(label, source.via(), of.isEmpty() ? "nothing" : "taken").inc();
            } catch (MalformedLineException e) {
                malformed++;
                metrics.lines.labels(label, source.via(), "malformed").inc();
                firstProblem = firstProblem.isEmpty() ? "line " + (i + 1) + ": " + e.getMessage() : firstProblem;
                if (losses) {
                    translator.lost(node);
                }
                portion.deadLetter(letter(source, line, e.getMessage()));
            }
        }
        translator.flush();
        int[] remembered = translator.remembered();
        metrics.remembered.labels("nodes").set(remembered[0]);
        metrics.remembered.labels("pods").set(remembered[1]);
        metrics.remembered.labels("program_runs").set(remembered[2]);
        boots = bootIds.known();
        Portion full = portion;
        portion = null;
        sender.put(full);
        return new Result(full, lines.size() - malformed, malformed, firstProblem, node);
    }

    private static DeadLetter letter(Source source, Line line, String reason) {
        byte[] payload = Arrays.copyOf(line.bytes(), Math.min(line.bytes().length, MOST_PAYLOAD));
        String oneLine = reason.replace('\n', ' ').replace('\r', ' ');
        return new DeadLetter(source.name(), 0, line.position(), "ingest",
                oneLine.length() > LONGEST_REASON ? oneLine.substring(0, LONGEST_REASON) : oneLine, nanos(),
                ByteBuffer.wrap(payload), payload.length < line.length());
    }

    /** When each node was booted, to be remembered over a restart. */
    Map<String, BootIds.Boot> boots() {
        return boots;
    }

    @Override
    public void batch(EventBatch batch) {
        portion.batch(batch);
    }

    @Override
    public void pod(PodMetadata pod) {
        portion.pod(pod);
    }

    @Override
    public void signal(Signal signal) {
        portion.signal(signal);
    }
}
