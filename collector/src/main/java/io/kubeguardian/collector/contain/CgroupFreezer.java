package io.kubeguardian.collector.contain;

import io.kubeguardian.collector.attribute.CgroupTree;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.SensorMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ObjLongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Freezes by {@code cgroup.freeze} and marks what it freezes with extended attributes of the cgroup's directory (kernel
 * documentation, admin-guide/cgroup-v2: "cgroup.freeze"; user attributes on cgroups exist since Linux 5.7). The mark is
 * written before the freeze and taken away after the thaw: a mark too many does no harm, a freeze without one would stay.
 */
public final class CgroupFreezer implements Freezer {
    static final String FREEZE = "cgroup.freeze";
    private static final String MARK = "kubeguardian.freeze.";
    /** The cgroup was frozen already, by someone else: it stays so when we are done. */
    private static final String FOUND_FROZEN = MARK + "found";
    private static final String PROBE = "kubeguardian.probe";
    private static final Logger LOG = LoggerFactory.getLogger(CgroupFreezer.class);

    private final CgroupTree tree;
    private final AvroCodec<Decision> codec = AvroCodec.of(Decision.class);
    /** Where those are that this run froze: finding one in the tree takes a walk. */
    private final Map<Long, Path> frozen = new ConcurrentHashMap<>();

    public CgroupFreezer(CgroupTree tree) {
        this.tree = tree;
    }

    /** Whether it can be done here, and why not. */
    public SensorMode mode() {
        String problem = "";
        try {
            UserDefinedFileAttributeView attributes = attributes(tree.root());
            attributes.write(PROBE, ByteBuffer.wrap(new byte[1]));
            attributes.delete(PROBE);
            if (!tree.root().equals(tree.mount()) && !Files.isWritable(tree.root().resolve(FREEZE))) {
                problem = tree.root().resolve(FREEZE) + " cannot be written";
            }
        } catch (IOException | UnsupportedOperationException e) {
            problem = "cgroups cannot be marked as frozen by us: " + e.getMessage();
        }
        return new SensorMode("contain.freeze", problem.isEmpty() ? FREEZE : "", problem);
    }

    @Override
    public void freeze(long cgroup, Decision decision) throws IOException {
        Path directory = directory(cgroup);
        UserDefinedFileAttributeView attributes = attributes(directory);
        List<String> marks = marks(attributes);
        if (marks.isEmpty() && isOn(directory)) {
            attributes.write(FOUND_FROZEN, ByteBuffer.wrap(new byte[1]));
        }
        attributes.write(mark(Authority.of(decision)), ByteBuffer.wrap(codec.encode(decision)));
        Files.writeString(directory.resolve(FREEZE), "1");
        frozen.put(cgroup, directory);
    }

    @Override
    public void thaw(long cgroup, Authority authority) throws IOException {
        try {
            thaw(directory(cgroup), mark(authority));
        } catch (NoSuchFileException e) {
            LOG.debug("event=thaw cgroup={} gone", cgroup);
        }
        frozen.remove(cgroup);
    }

    private static void thaw(Path directory, String mark) throws IOException {
        UserDefinedFileAttributeView attributes = attributes(directory);
        List<String> left = marks(attributes);
        left.remove(mark);
        if (left.isEmpty()) {
            Files.writeString(directory.resolve(FREEZE), "0");
        }
        if (left.equals(List.of(FOUND_FROZEN))) {
            delete(attributes, FOUND_FROZEN);
        }
        delete(attributes, mark);
    }

    @Override
    public boolean isFrozen(long cgroup) {
        try {
            return Files.readAllLines(directory(cgroup).resolve("cgroup.events")).contains("frozen 1");
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * The decisions that an earlier run froze cgroups for, by cgroup. A mark that cannot be read is taken away with its
     * freeze: nobody would know when it ends.
     */
    public Map<Long, List<Decision>> left() throws IOException {
        Map<Long, List<Decision>> left = new HashMap<>();
        eachMarked((directory, cgroup) -> {
            for (Authority authority : Authority.values()) {
                try {
                    byte[] value = read(attributes(directory), mark(authority));
                    if (value.length > 0) {
                        Decision decision = codec.decode(value);
                        left.computeIfAbsent(cgroup, id -> new ArrayList<>()).add(decision);
                    }
                } catch (MalformedRecordException e) {
                    LOG.warn("event=freeze-unreadable cgroup={} error=\"{}\"", directory, e.getMessage());
                    thawOrTell(directory, mark(authority));
                } catch (IOException e) {
                    LOG.warn("event=freeze-unreadable cgroup={} error=\"{}\"", directory, e.getMessage());
                }
            }
        });
        return left;
    }

    /** Thaws all that a collector froze, whatever was decided; the cgroups that were. */
    public List<Path> thawAll() throws IOException {
        List<Path> thawed = new ArrayList<>();
        eachMarked((directory, cgroup) -> {
            for (Authority authority : Authority.values()) {
                thawOrTell(directory, mark(authority));
            }
            thawed.add(directory);
        });
        return thawed;
    }

    private void eachMarked(ObjLongConsumer<Path> use) throws IOException {
        tree.walk((path, cgroup) -> {
            Path directory = tree.mount().resolve(path.substring(1));
            try {
                if (!marks(attributes(directory)).isEmpty()) {
                    use.accept(directory, cgroup);
                }
            } catch (IOException e) {
                LOG.debug("event=freeze-marks cgroup={} error=\"{}\"", directory, e.getMessage());
            }
        });
    }

    private static void thawOrTell(Path directory, String mark) {
        try {
            thaw(directory, mark);
        } catch (IOException e) {
            LOG.error("event=thaw-failed cgroup={} error=\"{}\"", directory, e.getMessage());
        }
    }

    /** @throws NoSuchFileException when it is gone */
    private Path directory(long cgroup) throws IOException {
        Path known = frozen.get(cgroup);
        if (known != null && Files.isDirectory(known) && CgroupTree.id(known) == cgroup) {
            return known;
        }
        String path = tree.find(cgroup);
        if (path == null) {
            throw new NoSuchFileException("cgroup " + cgroup);
        }
        return tree.mount().resolve(path.substring(1));
    }

    private static boolean isOn(Path directory) throws IOException {
        return Files.readString(directory.resolve(FREEZE)).strip().equals("1");
    }

    private static UserDefinedFileAttributeView attributes(Path directory) {
        return Files.getFileAttributeView(directory, UserDefinedFileAttributeView.class);
    }

    private static String mark(Authority authority) {
        return MARK + authority.name().toLowerCase(Locale.ROOT);
    }

    private static List<String> marks(UserDefinedFileAttributeView attributes) throws IOException {
        List<String> marks = new ArrayList<>(attributes.list());
        marks.removeIf(name -> !name.startsWith(MARK));
        return marks;
    }

    /** Empty when there is no such attribute. */
    private static byte[] read(UserDefinedFileAttributeView attributes, String name) throws IOException {
        if (!attributes.list().contains(name)) {
            return new byte[0];
        }
        ByteBuffer value = ByteBuffer.allocate(attributes.size(name));
        attributes.read(name, value);
        return value.array();
    }

    private static void delete(UserDefinedFileAttributeView attributes, String name) {
        try {
            if (attributes.list().contains(name)) {
                attributes.delete(name);
            }
        } catch (IOException e) {
            LOG.warn("event=freeze-mark-left name={} error=\"{}\"", name, e.getMessage());
        }
    }
}
