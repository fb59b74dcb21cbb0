package io.kubeguardian.collector.event;

import static io.kubeguardian.collector.event.KernelLayouts.HEADER;
import static io.kubeguardian.collector.event.KernelLayouts.offset;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kubeguardian.collector.sensor.SystemCalls;
import io.kubeguardian.schema.Call;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.EventBits;
import io.kubeguardian.schema.EventClass;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.util.ArrayList;
import java.util.List;

/** Records of system calls that have no kind of their own, {@code bpf/include/call_event.h}. */
final class CallRecords implements RecordDecoder {
    private static final int MOST_ARGUMENTS = 8;
    private static final int MOST_TEXTS = 4;
    private static final int TEXT_PATH = 1;
    private static final int TEXT_FILE = 2;

    private static final StructLayout TEXT = MemoryLayout.structLayout(
            JAVA_INT.withName("given_length"),
            JAVA_INT.withName("walked_length"),
            JAVA_INT.withName("kind")).withName("kg_text");

    static final StructLayout CALL = MemoryLayout.structLayout(
            HEADER.withName("header"),
            JAVA_LONG.withName("result"),
            JAVA_LONG.withName("target_start_time"),
            JAVA_INT.withName("target_pid"),
            JAVA_INT.withName("number"),
            JAVA_INT.withName("flags"),
            JAVA_INT.withName("event_class"),
            JAVA_INT.withName("argument_count"),
            JAVA_INT.withName("text_count"),
            MemoryLayout.sequenceLayout(MOST_ARGUMENTS, JAVA_LONG).withName("argument"),
            MemoryLayout.sequenceLayout(MOST_TEXTS, TEXT).withName("text")).withName("kg_call");

    static final List<StructLayout> LAYOUTS = List.of(TEXT, CALL);

    private static final long RESULT = offset(CALL, "result");
    private static final long TARGET_START_TIME = offset(CALL, "target_start_time");
    private static final long TARGET_PID = offset(CALL, "target_pid");
    private static final long NUMBER = offset(CALL, "number");
    private static final long FLAGS = offset(CALL, "flags");
    private static final long EVENT_CLASS = offset(CALL, "event_class");
    private static final long ARGUMENT_COUNT = offset(CALL, "argument_count");
    private static final long TEXT_COUNT = offset(CALL, "text_count");
    private static final long ARGUMENT = offset(CALL, "argument");
    private static final long FIRST_TEXT = offset(CALL, "text");
    private static final long GIVEN_LENGTH = offset(TEXT, "given_length");
    private static final long WALKED_LENGTH = offset(TEXT, "walked_length");
    private static final long KIND = offset(TEXT, "kind");
    private static final int CALL_BYTES = (int) CALL.byteSize();

    private final RecordContext to;
    private final boolean maskSecrets;

    /** @param maskSecrets whether what looks like a secret is masked, see {@link CallSecrets} */
    CallRecords(RecordContext to, boolean maskSecrets) {
        this.to = to;
        this.maskSecrets = maskSecrets;
    }

    @Override
    public boolean decode(int type, KernelRecord record) {
        return type == KernelLayouts.TYPE_CALL && record.length() >= CALL_BYTES && call(record);
    }

    private boolean call(KernelRecord record) {
        int argumentCount = record.getInt(ARGUMENT_COUNT);
        int textCount = record.getInt(TEXT_COUNT);
        if (argumentCount < 0 || argumentCount > MOST_ARGUMENTS || textCount < 0 || textCount > MOST_TEXTS) {
            return false;
        }
        List<String> texts = new ArrayList<>(textCount);
        long data = CALL_BYTES;
        for (int i = 0; i < textCount; i++) {
            long text = FIRST_TEXT + i * TEXT.byteSize();
            int given = record.getInt(text + GIVEN_LENGTH);
            int walked = record.getInt(text + WALKED_LENGTH);
            if (!RecordContext.fits((int) (record.length() - data), given, walked)) {
                return false;
            }
            texts.add(text(record, data, given, walked, record.getInt(text + KIND)));
            data += given + walked;
        }
        List<Long> arguments = new ArrayList<>(argumentCount);
        for (int i = 0; i < argumentCount; i++) {
            arguments.add(record.getLong(ARGUMENT + i * JAVA_LONG.byteSize()));
        }
        String name = SystemCalls.name(record.getInt(NUMBER));
        int flags = record.getInt(FLAGS);
        if (maskSecrets && CallSecrets.mask(name, texts)) {
            flags |= EventBits.CALL_TEXT_MASKED;
        }
        EventBatchBuilder batch = to.begin(record);
        batch.add(new Call(to.time(record), to.process(record), batch.string(name), arguments, batch.strings(texts),
                record.getInt(TARGET_PID), record.getLong(TARGET_START_TIME), record.getLong(RESULT), flags));
        to.added(record.getInt(EVENT_CLASS) == 0 ? EventClass.BULK : EventClass.PRECIOUS, record.length());
        return true;
    }

    private static String text(KernelRecord record, long data, int givenLength, int walkedLength, int kind) {
        String given = record.text(data, givenLength);
        if (kind == TEXT_PATH && given.startsWith("/")) {
            return KernelText.normalized(given);
        }
        if (kind == TEXT_PATH || kind == TEXT_FILE) {
            String walked = record.walkedPath(data + givenLength, walkedLength);
            return KernelText.normalized(given.isEmpty() ? walked : walked + '/' + given);
        }
        return given;
    }
}
