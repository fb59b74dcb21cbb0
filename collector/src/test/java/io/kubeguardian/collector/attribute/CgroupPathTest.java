package io.kubeguardian.collector.attribute;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CgroupPathTest {
    private static final String UID = "12345678-9abc-def0-1234-56789abcdef0";
    private static final String UID_ = UID.replace('-', '_');
    private static final String ID = "0123456789abcdef".repeat(4);
    private static final String OTHER_ID = "fedcba9876543210".repeat(4);

    @ParameterizedTest
    @ValueSource(strings = {
        "/kubepods/burstable/pod" + "U/I",
        "/kubepods/podU/I",
        "/kubelet/kubepods/besteffort/podU/I",
        "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podV.slice/cri-containerd-I.scope",
        "/kubepods.slice/kubepods-podV.slice/crio-I.scope",
        "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-podV.slice/docker-I.scope",
        "/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/"
                + "kubelet-kubepods-besteffort-podV.slice/cri-containerd-I.scope",
        "/system.slice/containerd.service/kubepods-burstable-podV.slice:cri-containerd:I",
    })
    void everyRuntimesContainerIsKnown(String form) {
        Attribution found = CgroupPath.parse(fill(form));

        assertThat(found).isEqualTo(new Attribution(UID, ID, true));
    }

    @Test
    void thePodItselfIsKnown() {
        assertThat(CgroupPath.parse("/kubepods/burstable/pod" + UID)).isEqualTo(new Attribution(UID, "", true));
        assertThat(CgroupPath.parse(fill("/kubepods.slice/kubepods-podV.slice"))).isEqualTo(new Attribution(UID, "", true));
    }

    @Test
    void aStaticPodsUidHasNoDashes() {
        String uid = UID.replace("-", "");

        assertThat(CgroupPath.parse("/kubepods/pod" + uid + '/' + ID)).isEqualTo(new Attribution(uid, ID, true));
    }

    @Test
    void insideAContainerItIsStillTheContainer() {
        assertThat(CgroupPath.parse(fill("/kubepods/podU/I/system.slice/app.service")))
                .isEqualTo(new Attribution(UID, ID, false));
    }

    @Test
    void aContainerCannotNameItselfIntoAnotherPod() {
        String fake = fill("/kubepods/podU/I/kubepods/pod11111111-1111-1111-1111-111111111111/") + OTHER_ID;

        assertThat(CgroupPath.parse(fake)).isEqualTo(new Attribution(UID, ID, false));
    }

    @Test
    void theMonitorOfCrioIsNoContainer() {
        assertThat(CgroupPath.parse(fill("/kubepods.slice/kubepods-podV.slice/crio-conmon-I.scope")))
                .isEqualTo(new Attribution(UID, "", false));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "/", "//", "/system.slice/ssh.service", "/podU/I", "/kubepods", "/kubepods/podU2/I", "/kubepods/pod/I",
        "/kubepods/podUx/I", "/kubepods/pod../I", "/kubepods.slice/kubepods-podV.slicex", "kubepods-podV.slice:cri-containerd:x",
    })
    void anythingElseIsNobodys(String form) {
        assertThat(CgroupPath.parse(fill(form))).isEqualTo(Attribution.NONE);
    }

    @Test
    void endlessNamesAndDepthsAreNobodysAndQuick() {
        assertThat(CgroupPath.parse("/kubepods/" + "a-".repeat(100_000) + "kubepods-pod")).isEqualTo(Attribution.NONE);
        assertThat(CgroupPath.parse("/kubepods" + "/x".repeat(100_000))).isEqualTo(Attribution.NONE);
    }

    private static String fill(String form) {
        return form.replace("U", UID).replace("V", UID_).replace("I", ID);
    }
}
