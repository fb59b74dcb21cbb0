package io.kubeguardian.policy.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyReaderTest {
    static List<UserPolicy> read(String text) throws PolicyException {
        return new PolicyReader().read("p.yaml", text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void theShortFormAsItIs() throws Exception {
        List<UserPolicy> policies = read("""
                policies:
                - name: block-privilege-escalation
                  description: Containers must not gain privileges
                  conditions:
                  - field: securityContext.allowPrivilegeEscalation
                    operator: equals
                    value: true
                  action: deny
                """);

        assertThat(policies).singleElement().satisfies(policy -> {
            assertThat(policy.name()).isEqualTo("block-privilege-escalation");
            assertThat(policy.action()).isEqualTo(PolicyAction.DENY);
            assertThat(policy.cel()).singleElement().asString()
                    .startsWith("has(container.securityContext) && has(container.securityContext.allowPrivilegeEscalation) ? "
                            + "container.securityContext.allowPrivilegeEscalation == true : ");
        });
    }

    @Test
    void fromAConfigMapFromResourcesAndFromLists() throws Exception {
        List<UserPolicy> policies = read("""
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: policies}
                data:
                  one.yaml: |
                    policies:
                    - name: a
                      conditions: [{field: hostPID, operator: equals, value: true}]
                  two.yaml: |
                    policies:
                    - name: b
                      validations: [{expression: "object.spec.replicas < 10"}]
                ---
                apiVersion: v1
                kind: List
                items:
                - apiVersion: kubeguardian.io/v1alpha1
                  kind: AdmissionPolicy
                  metadata: {name: c}
                  spec:
                    action: mutate
                    set: [{in: pod, field: automountServiceAccountToken, value: false}]
                """);

        assertThat(policies).extracting(UserPolicy::name).containsExactly("a", "b", "c");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "policies: 3 | 1 | policies must be a list",
        "policies: [] | 1 | holds no policy",
        "rules: [] | 1 | unknown key rules",
        "policies: [{name: UPPER}] | 1 | lower-case",
        "policies: [{name: x}] | 1 | needs conditions or validations",
        "policies: [{name: x, conditons: []}] | 1 | did you mean conditions?",
        "policies: [{name: x, action: block, conditions: []}] | 1 | action block is none of deny",
        "policies: [{name: x, conditions: [{field: a, operator: like, value: b}]}] | 1 | operator like is none of equals",
        "policies: [{name: x, conditions: [{field: a..b, operator: exists}]}] | 1 | is no path such as",
        "policies: [{name: x, conditions: [{field: '[*].a', operator: exists}]}] | 1 | must begin with a name",
        "policies: [{name: x, conditions: [{field: a, operator: exists, value: 1}]}] | 1 | takes no value",
        "policies: [{name: x, conditions: [{field: a, operator: in, value: 1}]}] | 1 | takes a list",
        "policies: [{name: x, conditions: [{field: a, operator: equals}]}] | 1 | takes a text, number or boolean",
        "policies: [{name: x, conditions: [{field: a, operator: '>', value: many}]}] | 1 | takes a number, or a quantity",
        "policies: [{name: x, validations: [{expression: '1 +'}]}] | 1 | expression: line 1, column",
        "policies: [{name: x, validations: [{expression: '1'}]}] | 1 | gives int, must give bool",
        "policies: [{name: x, action: mutate}] | 1 | action mutate needs set",
        "policies: [{name: x, action: mutate, set: [{field: a}]}] | 1 | set needs value or expression",
        "policies: [{name: x, action: mutate, set: [{field: 'a[*]', value: 1}]}] | 1 | name one field",
        "policies: [{name: x, conditions: [{field: a, operator: exists}], set: [{field: a, value: 1}]}] | 1 | set needs action mutate",
        "policies: [{name: x, match: {kinds: Pod}, conditions: [{field: a, operator: exists}]}] | 1 | kinds must be a list",
        "policies: [{name: x, match: {operations: [PATCH]}, conditions: [{field: a, operator: exists}]}] | 1 | operation PATCH",
        "policies: [{name: x, exemptions: [{reason: r}], conditions: [{field: a, operator: exists}]}] | 1 | exempt everything",
        "policies: [{name: x, exemptions: [{names: [a], until: soon, reason: r}], conditions: [{field: a, operator: exists}]}] | 1 | no date",
        "policies: [{name: x, exemptions: [{names: [a]}], conditions: [{field: a, operator: exists}]}] | 1 | reason is missing",
        "'[1' | 1 | not",
        "3 | 1 | must be an object",
    })
    void refusesWithPlaceAndRemedy(String text, int line, String message) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(PolicyException.class)
                .hasMessageStartingWith("p.yaml:" + line + ": ").hasMessageContaining(message);
    }

    @Test
    void namesTheLineAndThePolicy() {
        assertThatThrownBy(() -> read("""
                policies:
                - name: good
                  conditions: [{field: a, operator: exists}]
                - name: bad
                  validations:
                  - expression: object.spec.replicas <
                """)).hasMessageStartingWith("p.yaml:6: expression: ").hasMessageEndingWith("(policy bad)");
    }

    @Test
    void aNameStandsOnce() throws Exception {
        PolicyReader reader = new PolicyReader();
        byte[] policy = "policies: [{name: x, conditions: [{field: a, operator: exists}]}]".getBytes(StandardCharsets.UTF_8);
        reader.read("one.yaml", policy);

        assertThatThrownBy(() -> reader.read("two.yaml", policy))
                .hasMessage("two.yaml:1: policy x stands at one.yaml:1 already");
    }

    @Test
    void tellsOfExemptionsThatAreOver() throws Exception {
        UserPolicy policy = read("""
                policies:
                - name: x
                  conditions: [{field: a, operator: exists}]
                  exemptions:
                  - {namespaces: [old], until: 2026-01-31, reason: moving}
                """).get(0);

        assertThat(policy.overExemptions(LocalDate.of(2026, 1, 31))).isEmpty();
        assertThat(policy.overExemptions(LocalDate.of(2026, 2, 1))).containsExactly("until 2026-01-31: moving");
    }
}
