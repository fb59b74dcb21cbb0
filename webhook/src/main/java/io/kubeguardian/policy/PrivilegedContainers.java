package io.kubeguardian.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Privileged containers of any kind (Pod Security Standards, baseline: "Privileged Containers"). */
public final class PrivilegedContainers implements PodCheck {
    public static final String ID = "privileged-container";

    @Override
    public List<Finding> check(PodSpec pod) throws InvalidObjectException {
        List<Finding> findings = new ArrayList<>();
        for (PodSpec.Container container : pod.containers()) {
            JsonNode context = Fields.object(container.node(), container.path(), "securityContext");
            if (Fields.flag(context, container.path() + ".securityContext", "privileged")) {
                String path = container.path() + ".securityContext.privileged";
                String name = Fields.text(container.node(), container.path(), "name");
                findings.add(new Finding(ID, "Privileged container", Severity.CRITICAL, path,
                        path + " is true (container \"" + name + "\"): it has the node's devices and every capability",
                        "remove it or set it to false, and add only the capabilities needed under"
                                + " securityContext.capabilities.add"));
            }
        }
        return findings;
    }
}
