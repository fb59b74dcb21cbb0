package io.kubeguardian.rules;

import java.util.Map;

/** A container for tests. */
record TestContainer(String id, String name, String image, String imageDigest, String node, String namespace,
        String podName, String podUid, String workloadKind, String workloadName, Map<String, String> podLabels)
        implements ContainerView {
    static final TestContainer SHOP = new TestContainer("0123456789abcdef".repeat(4), "server",
            "registry.example:5000/shop/server:1.4", "sha256:" + "ab".repeat(32), "node-1", "shop", "server-7d9f-x2x",
            "6f1c2e5a-0000-4000-8000-000000000001", "Deployment", "server", Map.of("app", "server", "tier", "web"));

    static final TestContainer HOST =
            new TestContainer("", "", "", "", "node-1", "", "", "", "", "", Map.of());
}
