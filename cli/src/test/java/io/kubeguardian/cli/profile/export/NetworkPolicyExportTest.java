package io.kubeguardian.cli.profile.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.networking.v1.IPBlock;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.kubeguardian.schema.Profile;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The exported policy as Kubernetes' own model reads it, and what it lets through by the rules of its specification. */
class NetworkPolicyExportTest {
    private final NetworkPolicy policy = parse(
            NetworkPolicyExport.of(ExportExamples.behaviour(), Map.of("app", "web")));

    @Test
    void itIsOneInEveryField() {
        assertThat(policy.getApiVersion()).isEqualTo("networking.k8s.io/v1");
        assertThat(policy.getMetadata().getName()).isEqualTo("kubeguardian-shop-web");
        assertThat(policy.getMetadata().getNamespace()).isEqualTo("shop");
        assertThat(policy.getSpec().getPodSelector().getMatchLabels()).containsExactly(Map.entry("app", "web"));
        assertThat(policy.getSpec().getPolicyTypes()).containsExactly("Egress", "Ingress");
    }

    @Test
    void whatWasLearnedConnectsAndNothingElseDoes() {
        assertThat(connects("10.0.7.200", 5432, "TCP")).isTrue();
        assertThat(connects("10.96.0.10", 53, "UDP")).isTrue();
        assertThat(connects("10.96.0.10", 53, "TCP")).isTrue(); // a long answer
        assertThat(connects("2001:db8:0:0:0:0:0:7", 443, "TCP")).isTrue();
        assertThat(connects("10.96.4.7", 8080, "TCP")).isTrue(); // known by its name

        assertThat(connects("10.0.8.1", 5432, "TCP")).isFalse();
        assertThat(connects("10.0.7.200", 22, "TCP")).isFalse();
        assertThat(connects("10.96.0.10", 53, "SCTP")).isFalse();
        assertThat(connects("203.0.113.9", 4444, "TCP")).isFalse();
    }

    @Test
    void thePodsBehindAServiceAreReachedWhereThePluginJudgesThem() {
        assertThat(policy.getSpec().getEgress()).filteredOn(rule -> rule.getPorts().isEmpty()).singleElement()
                .satisfies(rule -> assertThat(rule.getTo()).singleElement().satisfies(peer -> assertThat(
                        peer.getNamespaceSelector().getMatchLabels()).containsEntry("kubernetes.io/metadata.name", "billing")));
    }

    @Test
    void whatListensIsReached() {
        List<NetworkPolicyPort> ports = policy.getSpec().getIngress().getFirst().getPorts();

        assertThat(ports).anySatisfy(port -> {
            assertThat(port.getPort().getIntVal()).isEqualTo(80);
            assertThat(port.getProtocol()).isEqualTo("TCP");
        });
        assertThat(ports).anySatisfy(port -> assertThat(port.getEndPort()).isEqualTo(65_535));
    }

    @Test
    void whereNoListenerWasSeenWhatComesInIsNotRestricted() {
        Profile quiet = ExportExamples.profile();
        quiet.setItems(quiet.getItems().stream().filter(item -> !item.getKind().equals("listen")).toList());

        NetworkPolicy open = parse(NetworkPolicyExport.of(Behaviour.of(List.of(quiet)), Map.of("app", "web")));

        assertThat(open.getSpec().getPolicyTypes()).containsExactly("Egress");
    }

    /** networking.k8s.io/v1: a connection is allowed when one rule has its peer and its port; no ports are all ports. */
    private boolean connects(String address, int port, String protocol) {
        for (NetworkPolicyEgressRule rule : policy.getSpec().getEgress()) {
            boolean portFits = rule.getPorts().isEmpty() || rule.getPorts().stream()
                    .anyMatch(p -> p.getPort().getIntVal() == port && p.getProtocol().equals(protocol));
            if (portFits && rule.getTo().stream().map(NetworkPolicyPeer::getIpBlock).anyMatch(block -> has(block, address))) {
                return true;
            }
        }
        return false;
    }

    private static boolean has(IPBlock block, String address) {
        return block != null && block.getExcept().isEmpty() && contains(block.getCidr(), address);
    }

    private static boolean contains(String cidr, String address) {
        try {
            byte[] network = java.net.InetAddress.getByName(cidr.substring(0, cidr.indexOf('/'))).getAddress();
            byte[] one = java.net.InetAddress.getByName(address).getAddress();
            int bits = Integer.parseInt(cidr.substring(cidr.indexOf('/') + 1));
            if (network.length != one.length) {
                return false;
            }
            for (int i = 0; i < bits; i++) {
                if ((network[i / 8] >> 7 - i % 8 & 1) != (one[i / 8] >> 7 - i % 8 & 1)) {
                    return false;
                }
            }
            return true;
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static NetworkPolicy parse(String yaml) {
        try {
            ObjectMapper strict = new YAMLMapper().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
            NetworkPolicy policy = strict.readValue(yaml, NetworkPolicy.class);
            // The model keeps what it does not know: what it writes is then more than what was read of fields it knows.
            assertThat(policy.getAdditionalProperties()).isEmpty();
            assertThat(policy.getSpec().getAdditionalProperties()).isEmpty();
            policy.getSpec().getEgress().forEach(rule -> assertThat(rule.getAdditionalProperties()).isEmpty());
            policy.getSpec().getIngress().forEach(rule -> assertThat(rule.getAdditionalProperties()).isEmpty());
            return policy;
        } catch (java.io.IOException e) {
            throw new AssertionError(yaml, e);
        }
    }
}
