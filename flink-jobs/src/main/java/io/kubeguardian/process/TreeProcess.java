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
    public int loginUid() {
        return node.loginUid;
    }

    @Override
    public int session() {
        return node.session;
    }

    @Override
    public int processGroup() {
        return node.processGroup;
    }

    @Override
    public int tty() {
        return node.tty;
    }

    @Override
    public long capEffective() {
        return node.capEffective;
    }

    @Override
    public long capPermitted() {
        return node.capPermitted;
    }

    @Override
    public long capInheritable() {
        return node.capInheritable;
    }

    @Override
    public long exeInode() {
        return node.exeInode;
    }

    @Override
    public long exeChangeTime() {
        return node.exeChangeTime;
    }

    @Override
    public long exeModifyTime() {
        return node.exeModifyTime;
    }

    @Override
    public long execTime() {
        return node.execTime;
    }

    @Override
    public long startedAt() {
        return node.startedAt;
    }

    @Override
    public List<String> environment() {
        return Collections.unmodifiableList(Arrays.asList(node.environment));
    }

    @Override
    public TreeProcess parent() {
        return node.hasParent() ? tree.find(node.parentId()) : null;
    }
}
