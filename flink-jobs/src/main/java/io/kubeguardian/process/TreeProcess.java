package io.kubeguardian.process;

import io.kubeguardian.rules.ProcessView;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** One process of the tree for the length of a batch: the view that rules get, and whether it must be written back. */
public final class TreeProcess implements ProcessView {
    private final ProcessTree tree;
    final ProcessNode node;
    boolean changed;

    TreeProcess(ProcessTree tree, ProcessNode node, boolean changed) {
        this.tree = tree;
        this.node = node;
        this.changed = changed;
    }

    public String containerId() {
        return node.containerId;
    }

    @Override
    public int pid() {
        return node.pid;
    }

    @Override
    public int containerPid() {
        return node.containerPid;
    }

    @Override
    public long startTime() {
        return node.startTime;
    }

    @Override
    public String name() {
        return node.comm;
    }

    @Override
    public String exePath() {
        return node.exe;
    }

    @Override
    public List<String> args() {
        return Collections.unmodifiableList(Arrays.asList(node.args));
    }

    @Override
    public String cwd() {
        return node.cwd;
    }

    @Override
    public int uid() {
        return node.uid;
    }

    @Override
    public int gid() {
        return node.gid;
    }

    @Override
    public int execFlags() {
        return node.execFlags;
    }

    @Override
    public TreeProcess parent() {
        return node.hasParent() ? tree.find(node.parentId()) : null;
    }
}
