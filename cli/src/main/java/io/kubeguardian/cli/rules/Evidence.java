package io.kubeguardian.cli.rules;

import io.kubeguardian.detection.RuleTrial;

/** What a test shows to the rules. */
interface Evidence {
    /**
     * Hands all of it over, in order.
     *
     * @throws io.kubeguardian.cli.UserError when it cannot be read
     */
    void show(RuleTrial trial);

    /** Hits of earlier events only set the scene; nanoseconds since the Unix epoch. */
    long from();
}
