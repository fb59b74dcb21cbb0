package io.kubeguardian.ingest.tetragon;

import java.util.List;

/**
 * Who did what Tetragon reports, when and where.
 *
 * @param time nanoseconds since the Unix epoch
 * @param ancestors parent first, as far as the event has them
 * @param podUid empty outside a pod
 */
record Scene(
        String node, String bootId, long time, TetragonProcess process, List<TetragonProcess> ancestors, String podUid,
        EventWriter writer) {}
