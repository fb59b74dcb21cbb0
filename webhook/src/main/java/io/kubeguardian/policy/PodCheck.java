package io.kubeguardian.policy;

import java.util.List;

/** One check of a pod specification, wherever it stands. Implementations are pure and thread safe. */
@FunctionalInterface
public interface PodCheck {
    /**
     * What this check finds; empty when all is well.
     *
     * @throws InvalidObjectException when a field that the check reads has a type that Kubernetes would refuse
     */
    List<Finding> check(PodSpec pod) throws InvalidObjectException;
}
