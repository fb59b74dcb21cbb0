package io.kubeguardian.policy.cel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeguardian.policy.Node;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KubernetesCelTest {
    private static final KubernetesCel CEL = new KubernetesCel();
    private static final String OBJECT = """
            {"metadata": {"labels": {"app": "web"}, "namespace": "shop"},
             "spec": {"replicas": 3, "half": 0.5, "memory": "1Gi", "nothing": null, "list": [1, 2, 3],
                      "containers": [{"image": "nginx:latest", "securityContext": {"privileged": true}}]}}""";

    private static CelInput input() throws Exception {
        return new CelInput().put("object", Node.of(new ObjectMapper().readTree(OBJECT))).put("oldObject", Node.MISSING)
                .put("container", Node.MISSING).variables(Map.of(
                        "three", CEL.value("object.spec.replicas"), "six", CEL.value("variables.three * 2")));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        // The language itself, over an object of JSON.
        "object.spec.replicas == 3 && object.spec.half < 1",
        "type(object.spec.replicas) == int && type(object.spec.half) == double",
        "object.spec.containers.exists(c, c.image.endsWith(':latest') && c.securityContext.privileged)",
        "!has(object.spec.nothing) && !has(object.spec.absent)",
        "oldObject == null",
        "object.metadata.namespace == 'shop'",
        "object.metadata.labels.all(k, k == 'app') && 'app' in object.metadata.labels",
        "object.?spec.?absent.orValue('none') == 'none'",
        "object.?spec.?containers[0].?image.value() == 'nginx:latest'",
        "size(object.spec.containers) == 1 && object.spec.containers.map(c, c.image) == ['nginx:latest']",
        "variables.six == 6",
        "sets.contains(object.spec.list, [1, 3])",
        // Kubernetes' libraries.
        "object.spec.list.sum() == 6 && object.spec.list.min() == 1 && object.spec.list.max() == 3",
        "object.spec.list.isSorted() && ![2, 1].isSorted() && [].sum() == 0",
        "[1, 2, 1].indexOf(1) == 0 && [1, 2, 1].lastIndexOf(1) == 2 && [1].indexOf(7) == -1",
        "'a1b22'.find('[0-9]+') == '1' && 'a1b22'.findAll('[0-9]+') == ['1', '22']",
        "'a1b22'.findAll('[0-9]', 2) == ['1', '2'] && 'x'.find('[0-9]') == ''",
        "url('https://u@host:8443/a%20b?q=1&q=2').getHost() == 'host:8443'",
        "url('https://host:8443/a%20b?q=1&q=2').getHostname() == 'host' && url('https://h:1/').getPort() == '1'",
        "url('https://h/a%20b?q=1&q=2').getQuery()['q'] == ['1', '2'] && url('https://h/a%20b').getEscapedPath() == '/a%20b'",
        "isURL('https://h') && !isURL('no url') && url('/path').getScheme() == ''",
        "quantity(object.spec.memory).isGreaterThan(quantity('500Mi')) && quantity('1000m') == quantity('1')",
        "quantity('50k').add(quantity('20k')) == quantity('70k') && quantity('50k').sub(20000) == quantity('30k')",
        "isQuantity('1.5Gi') && !isQuantity('1.5GiB') && !isQuantity('') && !quantity('0.5').isInteger()",
        "quantity('2Ki').asInteger() == 2048 && quantity('-1').sign() == -1 && quantity('5e2').compareTo(quantity('500')) == 0",
        "ip('::1').isLoopback() && ip('169.254.1.1').isLinkLocalUnicast() && ip('10.0.0.1').family() == 4",
        "isIP('10.0.0.1') && !isIP('10.0.0.256') && !isIP('010.0.0.1') && !isIP('::ffff:1.2.3.4') && !isIP('host')",
        "string(ip('2001:DB8:0:0::1')) == '2001:db8::1' && ip.isCanonical('2001:db8::1') && !ip.isCanonical('2001:DB8::1')",
        "cidr('10.0.0.0/8').containsIP('10.1.2.3') && !cidr('10.0.0.0/8').containsIP(ip('11.0.0.1'))",
        "cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && cidr('10.1.2.3/16').masked() == cidr('10.1.0.0/16')",
        "cidr('fd00::/64').prefixLength() == 64 && string(cidr('10.0.0.0/8').ip()) == '10.0.0.0' && !isCIDR('10.0.0.0/33')",
    })
    void holds(String expression) throws Exception {
        assertThat(CEL.condition(expression).test(input())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 + 'a'", "object.spec +", "'text'", "unknown == 1", "nofunction(1)", "quantity(1)", ""})
    void doesNotCompile(String expression) {
        assertThatThrownBy(() -> CEL.condition(expression)).isInstanceOf(ExpressionException.class)
                .message().isNotBlank();
    }

    @Test
    void anErrorNamesLineAndColumn() {
        assertThatThrownBy(() -> CEL.condition("true &&\n  object.spec.(x)"))
                .isInstanceOf(ExpressionException.class).hasMessageStartingWith("line 2, column 15: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"object.spec.absent == 1", "quantity('much') == quantity('1')", "object.spec.replicas", "[].min() == 1",
        "ip('nowhere').isLoopback()", "quantity('0.5').asInteger() == 1", "'a'.find('(') == ''", "url('no url') == url('/')",
        "1 / 0 == 1", "object.spec.list[7] == 1"})
    void cannotBeEvaluated(String expression) throws Exception {
        Expression compiled = CEL.condition(expression);
        CelInput input = input();

        assertThatThrownBy(() -> compiled.test(input)).isInstanceOf(ExpressionException.class).message().isNotBlank();
    }

    @Test
    void aVariableThatFailsIsNamed() throws Exception {
        CelInput input = input().variables(Map.of("bad", CEL.value("object.nope")));

        assertThatThrownBy(() -> CEL.condition("variables.bad == 1").test(input))
                .isInstanceOf(ExpressionException.class).hasMessageContaining("nope");
    }

    @Test
    void loopsWithoutEndAreStopped() throws Exception {
        String hundred = "[" + "1,".repeat(99) + "1]";
        String loop = "%s.all(a, %s.all(b, %s.all(c, %s.all(d, true))))".formatted(hundred, hundred, hundred, hundred);
        Expression expression = CEL.condition(loop);

        assertThatThrownBy(() -> expression.test(input())).isInstanceOf(ExpressionException.class)
                .hasMessageContaining("budget");
        assertThatThrownBy(() -> CEL.condition("(".repeat(5000) + "true" + ")".repeat(5000)))
                .isInstanceOf(ExpressionException.class);
        assertThatThrownBy(() -> CEL.condition("true" + " && true".repeat(2000)))
                .isInstanceOf(ExpressionException.class);
    }
}
