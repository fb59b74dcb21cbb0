package io.kubeguardian.detection;

import java.io.Serializable;

/** Travels with the job to where it runs and makes a detector there. */
public interface DetectorFactory extends Serializable {
    /** @throws Exception when the rules cannot be loaded; the job does not start then */
    Detector create() throws Exception;
}
