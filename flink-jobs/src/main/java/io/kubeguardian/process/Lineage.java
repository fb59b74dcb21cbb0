package io.kubeguardian.process;

import java.util.Arrays;

/**
 * What rules can see of a process and of its ancestors, without what is of one process alone (pids, session, times, its
 * program's inode): two runs of the same command by the same parents have the same lineage. Of a subtask's lineages that
 * are alike there is one object ({@link Lineages}), so that identity is equality.
 */
public final class Lineage {
    private final Traits own;
    private final Lineage parent;
    private final int hash;

    Lineage(Traits own, Lineage parent) {
        this.own = own;
        this.parent = parent;
        this.hash = 31 * own.hashCode() + System.identityHashCode(parent);
    }

    /** Both parts are unique themselves. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Lineage that && own == that.own && parent == that.parent;
    }

    @Override
    public int hashCode() {
        return hash;
    }

    Traits own() {
        return own;
    }

    Lineage parent() {
        return parent;
    }

    /** What is visible of one process. Every accessor of {@link TreeProcess} reads one of these, or says that it does not. */
    static final class Traits {
        /** With more text than this a process is not compared with others: comparing would cost more than it saves. */
        private static final int MOST_CHARS = 2048;

        private final String comm;
        private final String exe;
        private final String cwd;
        private final String[] args;
        private final String[] environment;
        private final boolean first;
        private final int uid;
        private final int gid;
        private final int execFlags;
        private final int loginUid;
        private final int tty;
        private final long capEffective;
        private final long capPermitted;
        private final long capInheritable;
        private final int hash;

        private Traits(ProcessNode node) {
            comm = node.comm;
            exe = node.exe;
            cwd = node.cwd;
            args = node.args;
            environment = node.environment;
            first = node.containerPid == 1;
            uid = node.uid;
            gid = node.gid;
            execFlags = node.execFlags;
            loginUid = node.loginUid;
            tty = node.tty;
            capEffective = node.capEffective;
            capPermitted = node.capPermitted;
            capInheritable = node.capInheritable;
            int h = comm.hashCode();
            h = 31 * h + exe.hashCode();
            h = 31 * h + cwd.hashCode();
            h = 31 * h + Arrays.hashCode(args);
            h = 31 * h + Arrays.hashCode(environment);
            h = 31 * h + uid;
            h = 31 * h + execFlags;
            h = 31 * h + Long.hashCode(capEffective);
            hash = h;
        }

        /** Null when there is too much of it. */
        static Traits of(ProcessNode node) {
            long chars = node.comm.length() + node.exe.length() + node.cwd.length();
            for (String arg : node.args) {
                chars += arg.length();
            }
            for (String variable : node.environment) {
                chars += variable.length();
            }
            return chars > MOST_CHARS ? null : new Traits(node);
        }

        /** Has the node refer to these texts in place of its own, which are equal: of like processes they are kept once. */
        void shareWith(ProcessNode node) {
            node.comm = comm;
            node.exe = exe;
            node.cwd = cwd;
            node.args = args;
            node.environment = environment;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Traits that && hash == that.hash && first == that.first && uid == that.uid && gid == that.gid
                    && execFlags == that.execFlags && loginUid == that.loginUid && tty == that.tty
                    && capEffective == that.capEffective && capPermitted == that.capPermitted
                    && capInheritable == that.capInheritable && comm.equals(that.comm) && exe.equals(that.exe)
                    && cwd.equals(that.cwd) && Arrays.equals(args, that.args)
                    && Arrays.equals(environment, that.environment);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }
}
