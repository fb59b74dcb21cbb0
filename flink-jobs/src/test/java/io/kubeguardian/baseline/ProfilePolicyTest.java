package io.kubeguardian.baseline;

import static io.kubeguardian.baseline.BaselineHarness.IMAGE;
import static io.kubeguardian.baseline.BaselineHarness.observation;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.schema.AcceptedItem;
import io.kubeguardian.schema.ItemSource;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.ProfileAudit;
import io.kubeguardian.schema.ProfileEvent;
import io.kubeguardian.schema.ProfileItem;
import io.kubeguardian.schema.ProfilePhase;
import io.kubeguardian.schema.ProfilePolicy;
import io.kubeguardian.schema.Signal;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What operators say about baselines. */
class ProfilePolicyTest {
    private BaselineHarness operator;
    private long time = (BaselineHarness.START + 100) * BaselineHarness.SECOND;

    @BeforeEach
    void aBaselineThatIsReady() throws Exception {
        operator = BaselineHarness.start();
        operator.observe("orders", "exec", "/srv/orders", 0);
        operator.watermark(200);
    }

    @AfterEach
    void close() throws Exception {
        operator.close();
    }

    @Test
    void anAcceptedItemIsNoDriftNorIsItInTheNextImageAndAllOfItIsOnRecord() throws Exception {
        operator.observe("orders", "exec", "/bin/sh", 201);
        assertThat(operator.signals()).hasSize(1);

        ProfilePolicy policy = say(policy("accept").setSubject("exec /bin/sh").setAccepted(List.of(item("exec", "/bin/sh"))));

        operator.observe("orders", "uid-2", "/bin/sh", "exec", "/bin/sh", 202);
        operator.send(observation("orders", "uid-3", "sha256:" + "b".repeat(64), "/bin/sh", "exec", "/bin/sh", 203));
        assertThat(operator.signals()).hasSize(1);
        ProfileAudit step = applied();
        assertThat(step.getAction()).isEqualTo("accept");
        assertThat(step.getSubject()).isEqualTo("exec /bin/sh");
        assertThat(step.getIssuedBy()).isEqualTo("alice");
        assertThat(step.getReason()).isEqualTo("a test");
        assertThat(step.getIssuedTime()).isEqualTo(policy.getIssuedTime());
        assertThat(step.getPolicyDigest()).isEqualTo(policy.getDigest());
        assertThat(step.getProfileDigest()).startsWith("sha256:");
        Profile profile = operator.profiles().stream().filter(p -> p.getPolicyDigest().equals(policy.getDigest())
                && p.getImage().equals(IMAGE)).findFirst().orElseThrow();
        assertThat(profile.getDrifts()).isEmpty();
        assertThat(profile.getItems()).filteredOn(i -> i.getItem().equals("/bin/sh")).extracting(ProfileItem::getSource)
                .containsExactly(ItemSource.ACCEPTED);
        // Taken back, it is drift again.
        say(policy("unaccept"));
        operator.observe("orders", "uid-4", "/bin/sh", "exec", "/bin/sh", 204);
        assertThat(operator.signals()).hasSize(2);
    }

    @Test
    void anAcceptedPatternStandsForAllBelowIt() throws Exception {
        say(policy("accept").setAccepted(List.of(item("file", "read /srv/data/*"), item("connect", "10.0.7.0/24:443"))));

        operator.observe("orders", "file", "read /srv/data/x", 201);
        operator.observe("orders", "connect", "10.0.7.8:443", 202);
        operator.observe("orders", "connect", "10.0.7.8:444", 203);

        assertThat(operator.signals()).extracting(s -> s.getOutputFields().get("kubeguardian.item"))
                .containsExactly("10.0.7.8:444");
    }

    @Test
    void aFrozenBaselineJudgesAtOnceAndSoDoesTheNextImage() throws Exception {
        operator.observe("billing", "exec", "/srv/billing", 200);

        say(policy("freeze").setWorkload(BaselineHarness.workload("billing")).setFrozen(true));

        operator.observe("billing", "exec", "/tmp/x", 205);
        operator.send(observation("billing", "uid-2", "sha256:" + "b".repeat(64), "/tmp/y", "exec", "/tmp/y", 206));
        assertThat(operator.signals()).extracting(s -> s.getOutputFields().get("kubeguardian.item"))
                .containsExactly("/tmp/x", "/tmp/y");
        assertThat(operator.profile().getFrozen()).isTrue();
    }

    @Test
    void aResetForgetsAndLearnsAnewForAtLeastAQuarterOfAnHour() throws Exception {
        say(policy("reset").setResetTime(time));
        assertThat(operator.profile().getItems()).isEmpty();
        assertThat(operator.profile().getPhase()).isEqualTo(ProfilePhase.LEARNING);

        operator.observe("orders", "exec", "/srv/new", 300);
        operator.observe("orders", "exec", "/srv/orders", 1_000);
        operator.observe("orders", "exec", "/tmp/x", 1_400);

        assertThat(operator.signals()).extracting(s -> s.getOutputFields().get("kubeguardian.item"))
                .containsExactly("/tmp/x");
        // The same word again, as a job that starts from the topic's beginning reads it, changes nothing.
        int steps = operator.audit().size();
        say(policy("reset").setResetTime(time - 1));
        assertThat(operator.profile().getItems()).hasSize(2);
        assertThat(operator.audit()).hasSize(steps + 1);
    }

    @Test
    void anImportedProfileMakesABaselineReadyThatWasNeverSeen() throws Exception {
        Profile learned = Profile.newBuilder(operator.profile()).setWorkload(BaselineHarness.workload("billing")).build();

        say(policy("import").setWorkload(BaselineHarness.workload("billing")).setImported(List.of(learned)));

        operator.observe("billing", "exec", "/srv/orders", 201);
        operator.observe("billing", "exec", "/tmp/x", 202);
        assertThat(operator.signals()).extracting(Signal::getOutput).singleElement().asString().contains("/tmp/x");
        assertThat(operator.profiles()).filteredOn(p -> p.getWorkload().getName().equals("billing"))
                .first().satisfies(p -> assertThat(p.getItems()).extracting(ProfileItem::getSource)
                        .containsExactly(ItemSource.IMPORTED));
    }

    @Test
    void theWordOutlivesARestart() throws Exception {
        say(policy("accept").setAccepted(List.of(item("exec", "/bin/sh"))));
        var snapshot = operator.snapshot(1, 1);
        operator.close();
        operator = BaselineHarness.start(new org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend(), snapshot);

        operator.observe("orders", "exec", "/bin/sh", 201);
        operator.observe("orders", "exec", "/tmp/x", 202);

        assertThat(operator.signals()).extracting(s -> s.getOutputFields().get("kubeguardian.item"))
                .containsExactly("/tmp/x");
    }

    private ProfileAudit applied() {
        return operator.audit().stream().filter(step -> step.getEvent() == ProfileEvent.APPLIED).findFirst().orElseThrow();
    }

    private ProfilePolicy.Builder policy(String action) {
        return ProfilePolicy.newBuilder().setWorkload(BaselineHarness.workload("orders")).setAction(action)
                .setIssuedBy("alice").setReason("a test").setDigest("");
    }

    private ProfilePolicy say(ProfilePolicy.Builder next) throws Exception {
        ProfilePolicy policy = next.setIssuedTime(time++).build();
        policy.setDigest(ProfileDigests.of(policy));
        operator.say(new ProfileChange(Keys.workload(policy.getWorkload()), policy));
        return policy;
    }

    private AcceptedItem item(String kind, String item) {
        return new AcceptedItem(kind, item, "alice", "a test", time);
    }
}
