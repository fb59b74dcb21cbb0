package io.kubeguardian.detection;

import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.RuleBundle;
import java.util.regex.Pattern;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;

/**
 * From records of the policies topic to what every subtask is told: each readable bundle, and {@value #TICK_MILLIS} ms
 * by {@value #TICK_MILLIS} ms that time has passed. A broadcast function has no timers of its own, and a bundle that was
 * compiled aside must take effect, and be acknowledged, even if no event comes. Runs once, so that what is malformed is
 * told once.
 */
final class RuleUpdates extends AbstractStreamOperator<RuleUpdate>
        implements OneInputStreamOperator<RawRecord, RuleUpdate> {
    private static final long serialVersionUID = 1L;

    static final long TICK_MILLIS = 250;

    /** What {@link io.kubeguardian.rules.RuleSet#digest} and its like make; empty: the files of the configuration. */
    private static final Pattern DIGEST = Pattern.compile("(sha256:[0-9a-f]{64})?");

    private final String about;
    private final DetectionClock clock;
    private transient AvroCodec<RuleBundle> codec;

    /** @param about how the keys begin of the records that are meant here; others are somebody else's */
    RuleUpdates(String about, DetectionClock clock) {
        this.about = about;
        this.clock = clock;
    }

    @Override
    public void open() throws Exception {
        super.open();
        codec = AvroCodec.of(RuleBundle.class);
        nextTick();
    }

    private void nextTick() {
        ProcessingTimeService time = getProcessingTimeService();
        time.registerTimer(time.getCurrentProcessingTime() + TICK_MILLIS, now -> {
            output.collect(new StreamRecord<>(new RuleUpdate()));
            nextTick();
        });
    }

    @Override
    public void processElement(StreamRecord<RawRecord> element) {
        RawRecord record = element.getValue();
        if (!record.key.startsWith(about)) {
            return;
        }
        try {
            output.collect(new StreamRecord<>(new RuleUpdate(bundle(record))));
        } catch (MalformedRecordException e) {
            output.collect(DeadLetters.TAG, new StreamRecord<>(DeadLetters.of(record, e.getMessage(), clock.nanos())));
        }
    }

    private RuleBundle bundle(RawRecord record) throws MalformedRecordException {
        if (!record.key.equals(Keys.ACTIVE_RULES) && !record.key.equals(Keys.ACTIVE_PATTERNS)) {
            throw new MalformedRecordException("nothing is known about key " + record.key);
        }
        RuleBundle bundle = codec.decode(record.value);
        if (!DIGEST.matcher(bundle.getDigest()).matches()) {
            throw new MalformedRecordException("the bundle's digest is neither sha256:… nor empty");
        }
        return bundle;
    }
}
