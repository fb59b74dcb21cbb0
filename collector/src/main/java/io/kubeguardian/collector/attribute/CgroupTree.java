package io.kubeguardian.collector.attribute;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ObjLongConsumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The cgroup v2 hierarchy as a directory tree. The id of a cgroup is the inode number of its directory.
 *
 * @param mount where cgroup v2 is mounted
 * @param root the monitored directory
 */
public record CgroupTree(Path mount, Path root) {
    private static final List<String> KUBELET = List.of("kubepods.slice", "kubepods", "kubelet.slice/kubelet-kubepods.slice");

    /**
     * @param cgroup absolute, or below the mount; empty: the kubelet's
     * @throws IllegalArgumentException when there is no cgroup v2, or no such cgroup; the message says what to do
     */
    public static CgroupTree of(String cgroup) {
        Path mount = findMount();
        if (cgroup.isEmpty()) {
            for (String name : KUBELET) {
                if (Files.isDirectory(mount.resolve(name))) {
                    return new CgroupTree(mount, mount.resolve(name));
                }
            }
            throw new IllegalArgumentException("no kubelet cgroup (" + String.join(", ", KUBELET) + ") below " + mount
                    + ": set collector.cgroup to the one to monitor");
        }
        Path root = mount.resolve(cgroup.startsWith(mount.toString()) ? cgroup : cgroup.replaceFirst("^/+", ""))
                .normalize();
        if (!root.startsWith(mount)) {
            throw new IllegalArgumentException("collector.cgroup " + cgroup + " is not below " + mount);
        }
        if (!Files.isDirectory(root)) {
            throw new IllegalArgumentException("collector.cgroup " + root + " does not exist");
        }
        return new CgroupTree(mount, root);
    }

    /**
     * Where the whole of cgroup v2 is mounted, from /proc/self/mountinfo (proc(5)).
     *
     * @throws IllegalArgumentException when it is not; the message says what to do
     */
    public static Path findMount() {
        try {
            return findMount(Files.readAllLines(Path.of("/proc/self/mountinfo")), CgroupTree::isKernelRoot);
        } catch (IOException e) {
            throw new IllegalArgumentException("/proc/self/mountinfo: " + e.getMessage(), e);
        }
    }

    /**
     * A mount that was made in a cgroup namespace, or of a part of the tree, has the wrong root: levels and paths would
     * not be the kernel's, and nothing would be monitored. The root that mountinfo names does not tell: it is as seen
     * from the reader's own namespace.
     */
    static Path findMount(List<String> mountinfo, Predicate<Path> whole) {
        Path part = null;
        for (String line : mountinfo) {
            // id parent major:minor root mount-point options [optional…] - type source options
            int dash = line.indexOf(" - ");
            String[] fields = line.split(" ");
            if (dash > 0 && fields.length > 4 && line.startsWith("cgroup2 ", dash + 3)) {
                Path mount = Path.of(fields[4].replace("\\040", " "));
                if (whole.test(mount)) {
                    return mount;
                }
                part = mount;
            }
        }
        if (part != null) {
            throw new IllegalArgumentException("the cgroup v2 mount " + part + " shows a part of the hierarchy only, as in a"
                    + " cgroup namespace: mount the host's /sys/fs/cgroup into the container, or run it in the host's"
                    + " cgroup namespace");
        }
        throw new IllegalArgumentException("cgroup v2 is not mounted: mount -t cgroup2 none /sys/fs/cgroup/unified");
    }

    /** The kernel's own root has the id 1 (cgroup_setup_root in kernel/cgroup/cgroup.c). */
    private static boolean isKernelRoot(Path mount) {
        try {
            return id(mount) == 1;
        } catch (IOException e) {
            return false;
        }
    }

    public long rootId() {
        try {
            return id(root);
        } catch (IOException e) {
            throw new IllegalArgumentException(root + ": " + e.getMessage(), e);
        }
    }

    /** Depth of the monitored directory below the mount. */
    public int rootLevel() {
        return root.equals(mount) ? 0 : mount.relativize(root).getNameCount();
    }

    /** Visits the monitored directory and all below it: path below the mount, id. What goes away meanwhile is left out. */
    public void walk(ObjLongConsumer<String> visitor) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                try {
                    visitor.accept('/' + mount.relativize(directory).toString(), id(directory));
                } catch (IOException e) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException e) {
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** The path of a cgroup below the mount, or null when there is none with this id in the monitored tree. */
    public String find(long cgroup) {
        String[] found = new String[1];
        try {
            walk((path, id) -> {
                if (id == cgroup) {
                    found[0] = path;
                }
            });
        } catch (IOException e) {
            return null;
        }
        return found[0];
    }

    /** Ids of the monitored cgroups that this process runs in: its own and those above; none when it runs elsewhere. */
    public Set<Long> own() throws IOException {
        String pid = Long.toString(ProcessHandle.current().pid());
        Path[] own = new Path[1];
        walk((path, id) -> {
            Path directory = mount.resolve(path.substring(1));
            try (Stream<String> pids = Files.lines(directory.resolve("cgroup.procs"))) {
                if (pids.anyMatch(pid::equals)) { // as this process's own namespace numbers it
                    own[0] = directory;
                }
            } catch (IOException | UncheckedIOException e) {
                // gone meanwhile, or a threaded one (EOPNOTSUPP): its processes are in the one above
            }
        });
        Set<Long> ids = new HashSet<>();
        for (Path directory = own[0]; directory != null && directory.startsWith(root); directory = directory.getParent()) {
            ids.add(id(directory));
        }
        return ids;
    }

    /** The id of the cgroup with this directory. */
    public static long id(Path directory) throws IOException {
        return (Long) Files.getAttribute(directory, "unix:ino");
    }
}
