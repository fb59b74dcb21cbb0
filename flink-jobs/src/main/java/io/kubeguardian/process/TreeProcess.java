package io.kubeguardian.process;

import io.kubeguardian.rules.ProcessView;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** One process of the tree: the view that rules get, and whether it must be written back. */
public final class TreeProcess implements ProcessView {
    private final ProcessTree tree;
    final ProcessNode node;
    private Object actsAs;
    boolean changed;
    /** The store has it, perhaps as it was earlier. */
    boolean stored;
    /** What is visible of it; null after a change. */
    Lineage.Traits traits;
    /** Null until asked for, and after a change. */
    String commandLine;
    /** As of that change of the tree. */
    Lineage lineage;
    long lineageAt = -1;

    private TreeProcess(ProcessTree tree, ProcessNode node, boolean stored) {
        this.tree = tree;
        this.node = node;
        this.stored = stored;
        this.changed = !stored;
    }

    /** As it came from the store. */
    static TreeProcess stored(ProcessTree tree, ProcessNode node) {
        return new TreeProcess(tree, node, true);
    }

    /** One that was not known. */
    static TreeProcess seen(ProcessTree tree, ProcessNode node) {
        return new TreeProcess(tree, node, false);
    }

    /** What it has in common with others; null when it cannot be compared. */
    public Lineage lineage() {
        return tree.lineage(this);
    }

    /** From here on {@link #isAskedForMore} tells of what is asked next, of this process and of its ancestors. */
    public void forgetQuestions() {
        tree.forgetQuestions();
    }

    /** Whether something was asked that {@link #lineage} does not tell. */
    public boolean isAskedForMore() {
        return tree.isAskedForMore();
    }

    /** The entry of a batch that an event last named the process by, to be compared by identity. */
    public void acts(Object entry) {
        actsAs = entry;
    }

    public boolean actsAs(Object entry) {
        return actsAs == entry;
    }

    public String containerId() {
        return node.containerId;
    }

    @Override
    public int pid() {
        tree.askedForMore();
        return node.pid;
    }

    @Override
    public int containerPid() {
        tree.askedForMore();
        return node.containerPid;
    }

    @Override
    public boolean isFirst() {
        return node.containerPid == 1;
    }

    @Override
    public long startTime() {
        tree.askedForMore();
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
        tree.askedForMore();
        return node.session;
    }

    @Override
    public int processGroup() {
        tree.askedForMore();
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
        tree.askedForMore();
        return node.exeInode;
    }

    @Override
    public long exeChangeTime() {
        tree.askedForMore();
        return node.exeChangeTime;
    }

    @Override
    public long exeModifyTime() {
        tree.askedForMore();
        return node.exeModifyTime;
    }

    @Override
    public long execTime() {
        tree.askedForMore();
        return node.execTime;
    }

    @Override
    public long startedAt() {
        tree.askedForMore();
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

    /** Kept: many rules ask for it. */
    @Override
    public String commandLine() {
        if (commandLine == null) {
            commandLine = ProcessView.super.commandLine();
        }
        return commandLine;
    }
}
