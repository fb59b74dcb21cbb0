package io.kubeguardian.ingest.file;

import io.kubeguardian.ingest.file.RotatedFiles.Rotated;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that is read as it grows, over rotations: by rename (the rest of the old file is read, then those that were rotated
 * in between, then the new one) and by truncation (what was cut off before it was read is looked for in the copy). Read on
 * from a saved position it finds the file under whatever name it has by now. Not thread safe.
 */
final class FollowedFile implements Closeable {
    /** Of bytes and lines that one read gives, at least so many are ready at once. */
    static final int MOST_BYTES = 1 << 20;
    static final int MOST_LINES = 2000;
    private static final Logger LOG = LoggerFactory.getLogger(FollowedFile.class);

    /** What happened to the file, for the metrics. */
    interface Listener {
        void rotated();

        void truncated();

        /** Something was rotated away before it was read: how much is not known. */
        void missed();
    }

    private final Path path;
    private final int longestLine;
    private final Listener listener;
    private final RotatedFiles rotatedFiles;
    private final byte[] block = new byte[64 << 10];
    /** Where to go on while no file is open. */
    private FilePosition resume;

    private InputStream in;
    /** Of the same file; null for a compressed one. */
    private FileChannel channel;
    private Path reading;
    private LineSplitter splitter;
    private long inode;
    private Head head;
    /** How far it was read, incomplete lines included. */
    private long readTo;
    private long modified;
    private boolean movedAway;

    /** @param resume where to read on; {@link FilePosition#NONE}: the file as it is now, from its beginning */
    FollowedFile(Path path, FilePosition resume, int longestLine, Listener listener) {
        this.path = path.toAbsolutePath();
        this.resume = resume;
        this.longestLine = longestLine;
        this.listener = listener;
        this.rotatedFiles = new RotatedFiles(this.path);
    }

    /** The lines that have come; empty while there are none, or no file. */
    List<Line> read() throws IOException {
        List<Line> lines = new ArrayList<>();
        if (in == null && !openNext()) {
            return lines;
        }
        if (channel != null && wasReplaced()) {
            replaced();
            return lines;
        }
        long bytes = 0;
        while (bytes < MOST_BYTES && lines.size() < MOST_LINES) {
            int count = readBlock();
            if (count < 0) {
                break;
            }
            splitter.feed(block, count, lines);
            bytes += count;
            readTo += count;
        }
        if (bytes > 0) {
            movedAway = false;
            remember();
        } else {
            atEnd(lines);
        }
        return lines;
    }

    private int readBlock() throws IOException {
        try {
            return in.read(block);
        } catch (EOFException e) { // a compressed file that is cut off: what there is has been read
            LOG.warn("event=file-cut-off file={}", reading);
            return -1;
        }
    }

    /** Position after the lines given so far. */
    FilePosition position() {
        return in == null ? resume : new FilePosition(inode, head, splitter.position(), modified, false);
    }

    /** Bytes of the file that have not been read yet; 0 while there is none. */
    long lag() {
        try {
            return channel == null ? 0 : Math.max(0, channel.size() - readTo);
        } catch (IOException e) {
            return 0;
        }
    }

    /** Shorter than what was read of it, or it begins otherwise: it was emptied. */
    private boolean wasReplaced() throws IOException {
        long size = channel.size();
        return size < readTo || size > readTo && !head.matches(channel);
    }

    private void replaced() throws IOException {
        listener.truncated();
        LOG.info("event=file-truncated file={} read={}", path, readTo);
        close();
        if (resume.head().length() == 0 || find(resume) == null) { // no copy of it: what was not read is gone
            resume = FilePosition.NONE;
        }
    }

    /** How a file begins is known only when that has been written. */
    private void remember() throws IOException {
        if (isAt(reading)) {
            modified = Files.getLastModifiedTime(reading).toMillis();
        }
        if (channel != null && head.length() < Head.LONGEST && splitter.position() > head.length()) {
            head = Head.of(channel, (int) Math.min(Head.LONGEST, splitter.position()));
        }
    }

    private boolean isAt(Path file) throws IOException {
        try {
            return RotatedFiles.inode(file) == inode;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** All is read. Is it still the file of this name, or is there a next one? */
    private void atEnd(List<Line> lines) throws IOException {
        if (reading.equals(path) && (Files.exists(path) ? isAt(path) : isNewest())) {
            return;
        }
        if (channel != null && !movedAway) {
            movedAway = true; // once more: whoever wrote to it may have done so until it was told
            return;
        }
        splitter.finish(lines);
        if (reading.equals(path)) {
            listener.rotated();
        }
        close();
        finish(resume);
    }

    private void finish(FilePosition last) {
        resume = new FilePosition(last.inode(), last.head(), last.offset(), last.modifiedMillis(), true);
    }

    /** Between a rename and the next file it may be the only one; unless others have come and gone since. */
    private boolean isNewest() throws IOException {
        List<Rotated> files = rotatedFiles.list();
        int index = indexOf(position(), files);
        return index < 0 || index == files.size() - 1;
    }

    private boolean openNext() throws IOException {
        if (resume.isNone()) {
            return Files.exists(path) && open(path, 0);
        }
        return resume.finished() ? openAfter(resume) : openSaved();
    }

    /** The file that was rotated next after the finished one; the file itself when that was the last. */
    private boolean openAfter(FilePosition finished) throws IOException {
        List<Rotated> files = rotatedFiles.list();
        int next = indexOf(finished, files) + 1;
        if (next == 0) { // deleted since; what is older was so before
            while (next < files.size() && files.get(next).modifiedMillis() < finished.modifiedMillis()) {
                next++;
            }
        }
        return next < files.size() ? open(files.get(next).path(), 0) : Files.exists(path) && open(path, 0);
    }

    /** -1 when it is not among them. */
    private static int indexOf(FilePosition position, List<Rotated> files) throws IOException {
        for (int i = files.size() - 1; i >= 0; i--) {
            if (position.head().length() == 0 ? files.get(i).inode() == position.inode()
                    : position.head().matches(files.get(i).path())) {
                return i;
            }
        }
        return -1;
    }

    private boolean openSaved() throws IOException {
        if (Files.exists(path) && Files.size(path) >= resume.offset() && resume.head().matches(path)
                && (resume.head().length() == Head.LONGEST || RotatedFiles.inode(path) == resume.inode())) {
            return open(path, resume.offset());
        }
        Rotated moved = find(resume);
        if (moved != null) {
            return open(moved.path(), resume.offset());
        }
        if (!Files.exists(path) && rotatedFiles.list().isEmpty()) {
            return false; // not there yet
        }
        LOG.warn("event=file-rotated-away file={} offset={}", path, resume.offset());
        listener.missed();
        finish(resume);
        return openNext();
    }

    /** The rotated file that it is by now, and long enough; null when there is none. */
    private Rotated find(FilePosition position) throws IOException {
        List<Rotated> files = rotatedFiles.list();
        int index = indexOf(position, files);
        if (index < 0) {
            return null;
        }
        Rotated file = files.get(index);
        boolean longEnough = RotatedFiles.isCompressed(file.path()) || Files.size(file.path()) >= position.offset();
        return longEnough ? file : null;
    }

    /** False when the name went to another file in this moment: to be tried again. */
    private boolean open(Path file, long offset) throws IOException {
        long before = RotatedFiles.inode(file);
        boolean compressed = RotatedFiles.isCompressed(file);
        FileChannel opened = compressed ? null : FileChannel.open(file);
        InputStream stream = compressed ? RotatedFiles.open(file) : Channels.newInputStream(opened);
        try {
            Head begins = compressed ? Head.of(file, Head.LONGEST)
                    : Head.of(opened, (int) Math.min(Head.LONGEST, offset));
            stream.skipNBytes(offset);
            modified = Files.getLastModifiedTime(file).toMillis();
            if (RotatedFiles.inode(file) != before) {
                stream.close();
                return false;
            }
            head = begins;
        } catch (IOException e) {
            stream.close();
            throw e;
        }
        in = stream;
        channel = opened;
        inode = before;
        reading = file;
        readTo = offset;
        splitter = new LineSplitter(longestLine, offset);
        movedAway = false;
        LOG.info("event=file-opened file={} offset={}", file, offset);
        return true;
    }

    /** What was read stays known: a later read goes on. */
    @Override
    public void close() throws IOException {
        if (in != null) {
            resume = position();
            in.close();
            in = null;
            channel = null;
        }
    }
}
