package io.kubeguardian.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.policy.Manifest;
import io.kubeguardian.policy.PodSpec;
import io.kubeguardian.policy.PodTemplates;
import io.kubeguardian.policy.manifest.ManifestReader;
import io.kubeguardian.schema.ItemSource;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.ProfileCall;
import io.kubeguardian.schema.ProfileDrift;
import io.kubeguardian.schema.ProfileItem;
import io.kubeguardian.schema.ProfilePhase;
import io.kubeguardian.schema.WorkloadRef;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LearnedViewTest {
    private static final WorkloadRef ORDERS = new WorkloadRef("prod", "shop", "Deployment", "orders");
    private static final String DIGEST = "sha256:" + "a".repeat(64);
    private static final String IMAGE = "registry.example/shop/orders:1";
    private static final String VOLUMES = "volumeMounts: [{name: d, mountPath: /data/}, {name: c, mountPath: /etc/app, readOnly: true}]";

    private final LearnedView view = new LearnedView(2, new WebhookMetrics());

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {
        "read /etc/hosts                              | true",
        "read /etc/hosts, write /data/a, change /data/b/** | true",
        "read /a, write /dev/null, write /proc/self/oom_score_adj, write /dev/shm/<tmp> | true",
        "read /a, write /data/orders-<n>.log          | true",
        "read /a, write /tmp/<tmp>                    | false",
        "read /a, change /var/run/app.sock            | false",
        "read /a, write /etc/app/config               | false", // a mount that nothing can be written to now
        "read /a, write /database/a                   | false",
        "read /a, write /**                           | false",
        "write /data/a                                | true",
    })
    void aContainerIsSafeWhereAllThatWasWrittenLiesInItsVolumes(String items, boolean safe) {
        put(profile -> profile.setItems(files(items.split(", "))));

        assertThat(safe(IMAGE)).isEqualTo(safe);
    }

    @Test
    void whatIsNotKnownToBeAllIsNotSafe() {
        put(profile -> { });
        assertThat(safe(IMAGE)).isTrue();

        put(profile -> profile.setPhase(ProfilePhase.LEARNING));
        assertThat(safe(IMAGE)).as("learning").isFalse();
        put(profile -> profile.setPhase(ProfilePhase.STALE));
        assertThat(safe(IMAGE)).as("stale").isFalse();
        put(profile -> profile.setSaturated(List.of("file")));
        assertThat(safe(IMAGE)).as("saturated").isFalse();
        put(profile -> profile.setLeftOut(Map.of("file", 1)));
        assertThat(safe(IMAGE)).as("left out").isFalse();
        put(profile -> profile.setSketched(Map.of("file", 1L)));
        assertThat(safe(IMAGE)).as("in the sketch").isFalse();
        put(profile -> profile.setItems(List.of()));
        assertThat(safe(IMAGE)).as("files not learned").isFalse();
        put(profile -> profile.setSyscalls(List.of(new ProfileCall("read", 7L))));
        assertThat(safe(IMAGE)).as("no start seen").isFalse();
        put(profile -> profile.setDrifts(List.of(ProfileDrift.newBuilder().setKind("file").setItem("write /opt/x")
                .setFirstSeen(1).setLastSeen(1).setTold(1).build())));
        assertThat(safe(IMAGE)).as("drift").isFalse();
        put(profile -> profile.setItems(files(IntStream.range(0, 65).mapToObj(i -> "write /data/" + i)
                .toArray(String[]::new))));
        assertThat(safe(IMAGE)).as("too much to keep").isFalse();
        view.put(Keys.workload(ORDERS) + '@' + DIGEST, null);
        assertThat(safe(IMAGE)).as("forgotten").isFalse();
    }

    @Test
    void anImageIsKnownByItsDigestElseByItsNameAndTagOfWhichAllMustBeSafe() {
        put(profile -> { });

        assertThat(safe(IMAGE + '@' + DIGEST)).isTrue();
        assertThat(safe("mirror.example/orders@" + DIGEST)).isTrue();
        assertThat(safe("registry.example/shop/orders:2")).isFalse();
        assertThat(safe("registry.example/shop/orders")).isFalse();
        assertThat(safe("Not An Image")).isFalse();
        assertThat(view.staysInVolumes("prod/shop/Deployment/other", container(IMAGE))).isFalse();

        String other = "sha256:" + "b".repeat(64);
        put(profile -> profile.setImage(other).setItems(files("write /opt/x")));
        assertThat(safe(IMAGE)).isFalse();
        assertThat(safe(IMAGE + '@' + DIGEST)).isTrue();
        assertThat(safe(IMAGE + '@' + other)).isFalse();
    }

    @Test
    void itIsBounded() {
        WebhookMetrics metrics = new WebhookMetrics();
        LearnedView bounded = new LearnedView(1, metrics);
        bounded.put("prod/shop/Deployment/first@" + DIGEST, profile(each -> { }));

        bounded.put(Keys.workload(ORDERS) + '@' + DIGEST, profile(each -> { }));

        assertThat(bounded.staysInVolumes(Keys.workload(ORDERS), container(IMAGE))).isFalse();
        assertThat(bounded.staysInVolumes("prod/shop/Deployment/first", container(IMAGE))).isTrue();
        assertThat(metrics.learnedDropped.get()).isEqualTo(1);
    }

    static Profile profile(Consumer<Profile.Builder> change) {
        Profile.Builder builder = Profile.newBuilder().setWorkload(ORDERS).setImage(DIGEST).setImageName(IMAGE)
                .setPhase(ProfilePhase.READY).setUpdatedTime(1).setDigest("").setItems(files("read /etc/hosts"))
                .setSyscalls(List.of(new ProfileCall("pivot_root", 1L)));
        change.accept(builder);
        return builder.build();
    }

    static List<ProfileItem> files(String... items) {
        return Arrays.stream(items).map(String::strip)
                .map(item -> ProfileItem.newBuilder().setKind("file").setItem(item).setSource(ItemSource.LEARNED).build())
                .toList();
    }

    private void put(Consumer<Profile.Builder> change) {
        Profile profile = profile(change);
        view.put(Keys.profile(profile), profile);
    }

    private boolean safe(String image) {
        return view.staysInVolumes(Keys.workload(ORDERS), container(image));
    }

    private static PodSpec.Container container(String image) {
        String yaml = "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: a, image: '" + image
                + "', " + VOLUMES + "}]}}";
        return Manifest.of(new ManifestReader().read(yaml).documents().getFirst().root(), PodTemplates.OWN).orElseThrow()
                .pod().containers().getFirst();
    }
}
