package io.kubeguardian.schema;

import java.util.List;

/** Reads the events of an {@link EventBatch} in the order in which they happened. */
public final class BatchEvents {
    /** Receives the events of a batch, one kind a method. */
    public interface Visitor {
        void exec(Exec event);

        void fork(Fork event);

        void exit(Exit event);

        void open(Open event);

        void connect(Connect event);
    }

    private BatchEvents() {}

    /** Number of events of all kinds. */
    public static int count(EventBatch batch) {
        return batch.getExecs().size() + batch.getForks().size() + batch.getExits().size() + batch.getOpens().size()
                + batch.getConnects().size();
    }

    /**
     * Visits all events by time. Each array is ordered in itself (the writer sorts); at equal times forks come
     * first and exits last, so that a process exists before it acts.
     */
    public static void inOrder(EventBatch batch, Visitor visitor) {
        List<Fork> forks = batch.getForks();
        List<Exec> execs = batch.getExecs();
        List<Open> opens = batch.getOpens();
        List<Connect> connects = batch.getConnects();
        List<Exit> exits = batch.getExits();
        int fork = 0;
        int exec = 0;
        int open = 0;
        int connect = 0;
        int exit = 0;
        for (int left = count(batch); left > 0; left--) {
            long forkTime = fork < forks.size() ? forks.get(fork).getTime() : Long.MAX_VALUE;
            long execTime = exec < execs.size() ? execs.get(exec).getTime() : Long.MAX_VALUE;
            long openTime = open < opens.size() ? opens.get(open).getTime() : Long.MAX_VALUE;
            long connectTime = connect < connects.size() ? connects.get(connect).getTime() : Long.MAX_VALUE;
            long exitTime = exit < exits.size() ? exits.get(exit).getTime() : Long.MAX_VALUE;
            long first = Math.min(Math.min(Math.min(forkTime, execTime), Math.min(openTime, connectTime)), exitTime);
            if (forkTime == first && fork < forks.size()) {
                visitor.fork(forks.get(fork++));
            } else if (execTime == first && exec < execs.size()) {
                visitor.exec(execs.get(exec++));
            } else if (openTime == first && open < opens.size()) {
                visitor.open(opens.get(open++));
            } else if (connectTime == first && connect < connects.size()) {
                visitor.connect(connects.get(connect++));
            } else {
                visitor.exit(exits.get(exit++));
            }
        }
    }

    /**
     * Checks what the schema cannot say: that every index points into its table.
     *
     * @throws MalformedRecordException naming the first index that does not
     */
    public static void validate(EventBatch batch) throws MalformedRecordException {
        int strings = batch.getStrings().size();
        int processes = batch.getProcesses().size();
        if (strings == 0 || !batch.getStrings().get(0).isEmpty()) {
            throw new MalformedRecordException("string 0 is not the empty string");
        }
        for (ProcessEntry process : batch.getProcesses()) {
            index("process.container", process.getContainer(), strings);
            index("process.comm", process.getComm(), strings);
        }
        for (Exec exec : batch.getExecs()) {
            index("exec.process", exec.getProcess(), processes);
            index("exec.exe", exec.getExe(), strings);
            index("exec.cwd", exec.getCwd(), strings);
            for (int arg : exec.getArgs()) {
                index("exec.args", arg, strings);
            }
        }
        for (Fork fork : batch.getForks()) {
            index("fork.process", fork.getProcess(), processes);
        }
        for (Exit exit : batch.getExits()) {
            index("exit.process", exit.getProcess(), processes);
        }
        for (Open open : batch.getOpens()) {
            index("open.process", open.getProcess(), processes);
            index("open.path", open.getPath(), strings);
        }
        for (Connect connect : batch.getConnects()) {
            index("connect.process", connect.getProcess(), processes);
            index("connect.address", connect.getAddress(), strings);
        }
    }

    private static void index(String field, int index, int size) throws MalformedRecordException {
        if (index < 0 || index >= size) {
            throw new MalformedRecordException(field + " is " + index + ", outside its table of " + size);
        }
    }
}
