package io.kubeguardian.intel;

import java.io.Serializable;

/** Travels with the job to where it runs and opens a view of threat intelligence there. */
public interface IntelSource extends Serializable {
    /** Returns when the view holds what there was at the start, or when that takes too long. */
    IntelView open() throws Exception;

    /** Without threat intelligence. */
    static IntelSource none() {
        return () -> new IntelView() {
            @Override
            public IntelSet current() {
                return IntelSet.EMPTY;
            }

            @Override
            public void close() {
                // holds nothing
            }
        };
    }
}
