package io.kubeguardian.collector.attribute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CgroupTreeTest {
    @Test
    void theMountIsFoundInBothLayouts() {
        assertThat(CgroupTree.findMount(List.of(
                "32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu",
                "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime shared:9 - cgroup2 cgroup2 rw"), mount -> true))
                .isEqualTo(Path.of("/sys/fs/cgroup/unified"));
        assertThat(CgroupTree.findMount(
                List.of("29 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate"), mount -> true))
                .isEqualTo(Path.of("/sys/fs/cgroup"));
    }

    @Test
    void ofSeveralMountsTheOneOfTheWholeHierarchyIsTaken() {
        Path host = Path.of("/host cgroup");

        Path found = CgroupTree.findMount(List.of(
                "29 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup rw",
                "57 47 0:38 /../../.. /host\\040cgroup ro - cgroup2 cgroup2 rw"), host::equals);

        assertThat(found).isEqualTo(host);
    }

    @Test
    void inACgroupNamespaceItSaysWhatToDo() {
        assertThatThrownBy(() -> CgroupTree.findMount(
                List.of("29 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup rw"), mount -> false))
                .hasMessageContaining("/sys/fs/cgroup shows a part of the hierarchy only")
                .hasMessageContaining("mount the host's");
    }

    @Test
    void withoutCgroupV2ItSaysWhatToDo() {
        assertThatThrownBy(() -> CgroupTree.findMount(List.of("", "x - y", "1 2 3 - cgroup cgroup rw"), mount -> true))
                .hasMessageContaining("mount -t cgroup2");
    }

    @Test
    void aCgroupOutsideTheMountIsRefused() {
        assertThatThrownBy(() -> CgroupTree.of("../../../etc")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not below");
    }

    @Test
    void aCgroupThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> CgroupTree.of("no-such-cgroup")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no-such-cgroup does not exist");
    }
}
