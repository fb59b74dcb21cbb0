package io.kubeguardian.collector.attribute;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads pod and container from the path that kubelet and runtime give a cgroup. Forms: kubelet's cgroupfs driver
 * ({@code kubepods/burstable/pod<uid>/<id>}), its systemd driver
 * ({@code kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod<uid, - as _>.slice/cri-containerd-<id>.scope},
 * with {@code crio-}, {@code docker-} or {@code libpod-} likewise), both also below other cgroups, as kind and k3s have
 * them, and containerd's {@code …slice:cri-containerd:<id>}.
 *
 * <p>The outermost match counts: a container that may make cgroups of its own can name them as it likes, but only below
 * its own.
 */
public final class CgroupPath {
    private static final String UID = "([0-9a-f]{8}[-_]?[0-9a-f]{4}[-_]?[0-9a-f]{4}[-_]?[0-9a-f]{4}[-_]?[0-9a-f]{12})";
    private static final String ID = "([0-9a-f]{64})";
    private static final Pattern PLAIN_POD = Pattern.compile("pod" + UID);
    private static final Pattern SLICE_POD =
            Pattern.compile("(?:[a-z0-9]+-)*kubepods(?:-[a-z]+)?-pod" + UID + "\\.slice(?::cri-containerd:" + ID + ")?");
    private static final Pattern CONTAINER =
            Pattern.compile("(?:(?:cri-containerd|crio|docker|libpod)-)?" + ID + "(?:\\.scope)?");
    /** Longer than any runtime's name for one level. */
    private static final int LONGEST_NAME = 255;

    private CgroupPath() {}

    /** Never fails: what is not understood is outside any pod. */
    public static Attribution parse(String path) {
        String[] names = path.split("/", 64);
        boolean belowKubepods = false;
        for (int i = 0; i < names.length; i++) {
            String name = names[i];
            if (name.length() > LONGEST_NAME) {
                return Attribution.NONE;
            }
            Matcher slice = SLICE_POD.matcher(name);
            if (slice.matches()) {
                String uid = slice.group(1).replace('_', '-');
                return slice.group(2) == null
                        ? inPod(uid, names, i)
                        : new Attribution(uid, slice.group(2), i == names.length - 1);
            }
            Matcher plain = PLAIN_POD.matcher(name);
            if (belowKubepods && plain.matches()) {
                return inPod(plain.group(1), names, i);
            }
            belowKubepods |= name.contains("kubepods");
        }
        return Attribution.NONE;
    }

    private static Attribution inPod(String uid, String[] names, int pod) {
        if (pod + 1 < names.length) {
            Matcher container = CONTAINER.matcher(names[pod + 1]);
            if (container.matches()) {
                return new Attribution(uid, container.group(1), pod + 2 == names.length);
            }
        }
        return new Attribution(uid, "", pod + 1 == names.length);
    }
}
