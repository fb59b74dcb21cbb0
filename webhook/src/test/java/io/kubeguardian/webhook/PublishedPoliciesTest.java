package io.kubeguardian.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.schema.Keys;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The webhook shares the topic of policies with the detection jobs. */
class PublishedPoliciesTest {
    @Test
    void whatIsForTheJobsIsNoneOfItsBusiness() throws Exception {
        PublishedPolicies published = new PublishedPolicies("prod", new PolicySet());
        byte[] junk = "junk".getBytes(StandardCharsets.UTF_8);

        for (String key : new String[] {Keys.runtimePolicy("prod", "shop", "orders"), Keys.ACTIVE_RULES,
            Keys.PROFILE + "prod/shop/Deployment/orders"}) {
            assertThat(published.apply(key, junk)).isEqualTo("other");
            assertThat(published.apply(key, null)).isEqualTo("other");
        }
    }
}
