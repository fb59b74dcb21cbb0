package io.kubeguardian.collector.event;

import static io.kubeguardian.collector.event.KernelLayouts.HEADER;
import static io.kubeguardian.collector.event.KernelLayouts.offset;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.kubeguardian.collector.sensor.SystemCalls;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.EventClass;
import io.kubeguardian.schema.FileChange;
import io.kubeguardian.schema.Open;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.util.List;

/** Records of files: open, and changes of their tree. */
final class FileRecords implements RecordDecoder {
    static final StructLayout OPEN = MemoryLayout.structLayout(
            HEADER.withName("header"),
            JAVA_INT.withName("result"),
            JAVA_INT.withName("flags"),
            JAVA_INT.withName("mode"),
            JAVA_INT.withName("path_flags"),
            JAVA_INT.withName("given_length"),
            JAVA_INT.withName("walked_length"),
            JAVA_INT.withName("file_type"),
            JAVA_INT.withName("repeats"),
            JAVA_INT.withName("opened"),
            JAVA_INT.withName("reserved")).withName("kg_open");

    static final StructLayout FILE_CHANGE = MemoryLayout.structLayout(
            HEADER.withName("header"),
            JAVA_INT.withName("number"),
            JAVA_INT.withName("result"),
            JAVA_INT.withName("mode"),
            JAVA_INT.withName("owner"),
            JAVA_INT.withName("group"),
            JAVA_INT.withName("device"),
            JAVA_INT.withName("flags"),
            JAVA_INT.withName("path_flags"),
            JAVA_INT.withName("given_length"),
            JAVA_INT.withName("walked_length"),
            JAVA_INT.withName("second_given_length"),
            JAVA_INT.withName("second_walked_length"),
            JAVA_INT.withName("precious"),
            JAVA_INT.withName("reserved")).withName("kg_file_change");

    static final List<StructLayout> LAYOUTS = List.of(OPEN, FILE_CHANGE);

    private static final long OPEN_RESULT = offset(OPEN, "result");
    private static final long OPEN_FLAGS = offset(OPEN, "flags");
    private static final long OPEN_MODE = offset(OPEN, "mode");
    private static final long OPEN_PATH_FLAGS = offset(OPEN, "path_flags");
    private static final long OPEN_GIVEN_LENGTH = offset(OPEN, "given_length");
    private static final long OPEN_WALKED_LENGTH = offset(OPEN, "walked_length");
    private static final long OPEN_FILE_TYPE = offset(OPEN, "file_type");
    private static final long OPEN_REPEATS = offset(OPEN, "repeats");
    private static final long OPEN_OPENED = offset(OPEN, "opened");
    private static final int OPEN_BYTES = (int) OPEN.byteSize();
    private static final long CHANGE_NUMBER = offset(FILE_CHANGE, "number");
    private static final long CHANGE_RESULT = offset(FILE_CHANGE, "result");
    private static final long CHANGE_MODE = offset(FILE_CHANGE, "mode");
    private static final long CHANGE_OWNER = offset(FILE_CHANGE, "owner");
    private static final long CHANGE_GROUP = offset(FILE_CHANGE, "group");
    private static final long CHANGE_DEVICE = offset(FILE_CHANGE, "device");
    private static final long CHANGE_FLAGS = offset(FILE_CHANGE, "flags");
    private static final long CHANGE_PATH_FLAGS = offset(FILE_CHANGE, "path_flags");
    private static final long CHANGE_GIVEN_LENGTH = offset(FILE_CHANGE, "given_length");
    private static final long CHANGE_WALKED_LENGTH = offset(FILE_CHANGE, "walked_length");
    private static final long CHANGE_SECOND_GIVEN_LENGTH = offset(FILE_CHANGE, "second_given_length");
    private static final long CHANGE_SECOND_WALKED_LENGTH = offset(FILE_CHANGE, "second_walked_length");
    private static final long CHANGE_PRECIOUS = offset(FILE_CHANGE, "precious");
    private static final int CHANGE_BYTES = (int) FILE_CHANGE.byteSize();

    private final RecordContext to;

    FileRecords(RecordContext to) {
        this.to = to;
    }

    @Override
    public boolean decode(int type, KernelRecord record) {
        return switch (type) {
            case KernelLayouts.TYPE_OPEN -> record.length() >= OPEN_BYTES && open(record);
            case KernelLayouts.TYPE_FILE_CHANGE -> record.length() >= CHANGE_BYTES && change(record);
            default -> false;
        };
    }

    private boolean open(KernelRecord record) {
        int givenLength = record.getInt(OPEN_GIVEN_LENGTH);
        int walkedLength = record.getInt(OPEN_WALKED_LENGTH);
        int pathFlags = record.getInt(OPEN_PATH_FLAGS);
        if (!RecordContext.fits(record.length() - OPEN_BYTES, givenLength, walkedLength, 0)) {
            return false;
        }
        long data = OPEN_BYTES;
        GivenPath path = record.getInt(OPEN_OPENED) != 0
                ? GivenPath.opened(record, data, givenLength, walkedLength)
                : GivenPath.of(record, data, givenLength, walkedLength, pathFlags);
        EventBatchBuilder batch = to.begin(record);
        batch.add(new Open(to.time(record), to.process(record), batch.string(path.path()),
                record.getInt(OPEN_FLAGS), record.getInt(OPEN_MODE),
                record.getInt(OPEN_RESULT), pathFlags, batch.string(path.raw()),
                record.getInt(OPEN_FILE_TYPE), record.getInt(OPEN_REPEATS)));
        to.added(EventClass.BULK, record.length());
        return true;
    }

    private boolean change(KernelRecord record) {
        int givenLength = record.getInt(CHANGE_GIVEN_LENGTH);
        int walkedLength = record.getInt(CHANGE_WALKED_LENGTH);
        int secondGivenLength = record.getInt(CHANGE_SECOND_GIVEN_LENGTH);
        int secondWalkedLength = record.getInt(CHANGE_SECOND_WALKED_LENGTH);
        int pathFlags = record.getInt(CHANGE_PATH_FLAGS);
        if (!RecordContext.fits(record.length() - CHANGE_BYTES, givenLength, walkedLength, secondGivenLength,
                secondWalkedLength)) {
            return false;
        }
        String call = SystemCalls.name(record.getInt(CHANGE_NUMBER));
        long data = CHANGE_BYTES;
        GivenPath path = GivenPath.of(record, data, givenLength, walkedLength, pathFlags);
        long secondData = data + givenLength + walkedLength;
        GivenPath second;
        if (call.startsWith("symlink")) { // what it says is no path of the caller's
            second = new GivenPath(record.text(secondData, secondGivenLength), "");
        } else if (secondGivenLength == 0) {
            second = GivenPath.NONE;
        } else {
            second = GivenPath.of(record, secondData, secondGivenLength, secondWalkedLength, pathFlags >> 2);
        }
        EventBatchBuilder batch = to.begin(record);
        batch.add(new FileChange(to.time(record), to.process(record), batch.string(call), batch.string(path.path()),
                batch.string(path.raw()), batch.string(second.path()), batch.string(second.raw()),
                record.getInt(CHANGE_MODE), record.getInt(CHANGE_OWNER),
                record.getInt(CHANGE_GROUP), record.getInt(CHANGE_FLAGS),
                record.getInt(CHANGE_RESULT), pathFlags, record.getInt(CHANGE_DEVICE)));
        to.added(record.getInt(CHANGE_PRECIOUS) != 0 ? EventClass.PRECIOUS : EventClass.BULK, record.length());
        return true;
    }
}
