package io.kubeguardian.ingest.tetragon;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes processes of program runs. Tetragon's exec_id changes with every exec, and between fork and exec: a shell that
 * replaces itself is its own parent there. Here a process keeps the start that it was first seen with, and its parent is
 * the one that forked it, as in the kernel. Bounded: the longest unused run is forgotten; should its process turn up
 * again, the event's own parent tells as much as one exec back.
 */
final class Identities {
    /** More than a node has processes; about 10 MB. */
    static final int MOST = 65_536;
    /** As ktime: what is known of a pid by number alone. */
    private static final long FORKED = -1;

    private record Run(String bootId, long ktime, int pid) {}

    private static final class Known {
        final Identity identity;
        /** Whether its program was told in an event. */
        boolean told;

        Known(Identity identity) {
            this.identity = identity;
        }
    }

    private final Map<Run, Known> runs = new LinkedHashMap<>(1024, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Run, Known> eldest) {
            return size() > MOST;
        }
    };

    /**
     * The process behind a program run.
     *
     * @param ancestors as the event has them, parent first; may be empty
     */
    Identity of(String bootId, TetragonProcess process, List<TetragonProcess> ancestors) {
        for (int i = ancestors.size() - 1; i >= 0; i--) {
            enter(bootId, ancestors.get(i));
        }
        return enter(bootId, process);
    }

    private Identity enter(String bootId, TetragonProcess process) {
        ExecId id = process.execId();
        Run run = new Run(bootId, id.ktime(), id.pid());
        Known known = runs.get(run);
        if (known == null) {
            known = new Known(identity(bootId, process));
            runs.put(run, known);
            if (process.isForkOnly()) {
                runs.put(new Run(bootId, FORKED, id.pid()), known);
            }
        }
        return known.identity;
    }

    private Identity identity(String bootId, TetragonProcess process) {
        ExecId id = process.execId();
        ExecId parentId = process.parentExecId();
        if (parentId == null || parentId.pid() == 0) {
            return new Identity(id.pid(), id.ktime(), 0, 0);
        }
        Identity parent = parent(bootId, parentId);
        if (parentId.pid() == id.pid() && parentId.ktime() <= id.ktime()) {
            return new Identity(id.pid(), parent.startTime(), parent.parentPid(), parent.parentStartTime());
        }
        long start = id.ktime();
        if (process.flags().contains("execve") && process.flags().contains("clone")) {
            Known forked = runs.remove(new Run(bootId, FORKED, id.pid()));
            if (forked != null && forked.identity.parentPid() == parent.pid()
                    && forked.identity.parentStartTime() == parent.startTime()) {
                start = forked.identity.startTime();
            }
        }
        return new Identity(id.pid(), start, parent.pid(), parent.startTime());
    }

    private Identity parent(String bootId, ExecId id) {
        Known known = runs.get(new Run(bootId, id.ktime(), id.pid()));
        return known == null ? new Identity(id.pid(), id.ktime(), 0, 0) : known.identity;
    }

    /** Notes that the run's program is told now; false when it was before. */
    boolean tell(String bootId, TetragonProcess process) {
        Known known = runs.get(new Run(bootId, process.execId().ktime(), process.pid()));
        if (known == null || known.told) {
            return false;
        }
        known.told = true;
        return true;
    }

    int size() {
        return runs.size();
    }
}
