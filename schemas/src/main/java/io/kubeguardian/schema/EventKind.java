package io.kubeguardian.schema;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.ObjLongConsumer;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/**
 * A kind of event: where a batch keeps it and what is common to all kinds. A new kind is a new constant here, a method
 * in {@link BatchEvents.Visitor} and a line in {@link #ALL}.
 *
 * @param process index into the batch's processes; null for kinds that no process is behind
 * @param strings tells each index into the batch's strings
 */
record EventKind<T>(
        String name, Function<EventBatch, List<T>> list, BiConsumer<EventBatch, List<T>> setList, ToLongFunction<T> time,
        ObjLongConsumer<T> setTime, ToIntFunction<T> process, BiConsumer<BatchEvents.Visitor, T> visit,
        BiConsumer<T, Indexes> strings) {

    /** Each is itself alone. The record's own would compare method references. */
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    /** Takes the string indexes of an event, by the name of their field. */
    interface Indexes {
        void index(String field, int index);

        default void indexes(String field, List<Integer> all) {
            for (int index : all) {
                index(field, index);
            }
        }
    }

    static final EventKind<Fork> FORK = new EventKind<>("fork", EventBatch::getForks, EventBatch::setForks,
            Fork::getTime, Fork::setTime, Fork::getProcess, BatchEvents.Visitor::fork, (event, to) -> {});

    static final EventKind<Exec> EXEC = new EventKind<>("exec", EventBatch::getExecs, EventBatch::setExecs,
            Exec::getTime, Exec::setTime, Exec::getProcess, BatchEvents.Visitor::exec, (event, to) -> {
                to.index("exe", event.getExe());
                to.index("cwd", event.getCwd());
                to.indexes("args", event.getArgs());
                to.indexes("environment", event.getEnvironment());
            });

    static final EventKind<Open> OPEN = new EventKind<>("open", EventBatch::getOpens, EventBatch::setOpens,
            Open::getTime, Open::setTime, Open::getProcess, BatchEvents.Visitor::open, (event, to) -> {
                to.index("path", event.getPath());
                to.index("rawPath", event.getRawPath());
            });

    static final EventKind<Connect> CONNECT = new EventKind<>("connect", EventBatch::getConnects,
            EventBatch::setConnects, Connect::getTime, Connect::setTime, Connect::getProcess,
            BatchEvents.Visitor::connect, (event, to) -> {
                to.index("address", event.getAddress());
                to.index("localAddress", event.getLocalAddress());
            });

    static final EventKind<FileChange> FILE_CHANGE = new EventKind<>("fileChange", EventBatch::getFileChanges,
            EventBatch::setFileChanges, FileChange::getTime, FileChange::setTime, FileChange::getProcess,
            BatchEvents.Visitor::fileChange, (event, to) -> {
                to.index("call", event.getCall());
                to.index("path", event.getPath());
                to.index("rawPath", event.getRawPath());
                to.index("secondPath", event.getSecondPath());
                to.index("rawSecondPath", event.getRawSecondPath());
            });

    static final EventKind<SocketCall> SOCKET_CALL = new EventKind<>("socketCall", EventBatch::getSocketCalls,
            EventBatch::setSocketCalls, SocketCall::getTime, SocketCall::setTime, SocketCall::getProcess,
            BatchEvents.Visitor::socketCall, (event, to) -> {
                to.index("call", event.getCall());
                to.index("localAddress", event.getLocalAddress());
                to.index("remoteAddress", event.getRemoteAddress());
            });

    static final EventKind<Dns> DNS = new EventKind<>("dns", EventBatch::getDns, EventBatch::setDns,
            Dns::getTime, Dns::setTime, Dns::getProcess, BatchEvents.Visitor::dns, (event, to) -> {
                to.index("name", event.getName());
                to.indexes("answers", event.getAnswers());
                to.index("serverAddress", event.getServerAddress());
            });

    static final EventKind<Dup> DUP = new EventKind<>("dup", EventBatch::getDups, EventBatch::setDups,
            Dup::getTime, Dup::setTime, Dup::getProcess, BatchEvents.Visitor::dup, (event, to) -> {
                to.index("call", event.getCall());
                to.index("fdType", event.getFdType());
                to.index("path", event.getPath());
                to.index("localAddress", event.getLocalAddress());
                to.index("remoteAddress", event.getRemoteAddress());
            });

    static final EventKind<Call> CALL = new EventKind<>("call", EventBatch::getCalls, EventBatch::setCalls,
            Call::getTime, Call::setTime, Call::getProcess, BatchEvents.Visitor::call, (event, to) -> {
                to.index("call", event.getCall());
                to.indexes("texts", event.getTexts());
            });

    static final EventKind<SyscallCounts> SYSCALL_COUNTS = new EventKind<>("syscallCounts",
            EventBatch::getSyscallCounts, EventBatch::setSyscallCounts, SyscallCounts::getTime, SyscallCounts::setTime,
            null, BatchEvents.Visitor::syscallCounts, (event, to) -> {
                to.index("container", event.getContainer());
                to.indexes("calls", event.getCalls());
            });

    static final EventKind<ContainerChange> CONTAINER_CHANGE = new EventKind<>("containerChange",
            EventBatch::getContainerChanges, EventBatch::setContainerChanges, ContainerChange::getTime,
            ContainerChange::setTime, null, BatchEvents.Visitor::containerChange,
            (event, to) -> to.index("container", event.getContainer()));

    static final EventKind<Foreign> FOREIGN = new EventKind<>("foreign", EventBatch::getForeign,
            EventBatch::setForeign, Foreign::getTime, Foreign::setTime, Foreign::getProcess,
            BatchEvents.Visitor::foreign, (event, to) -> {
                to.index("event", event.getEvent());
                to.indexes("names", event.getNames());
                to.indexes("values", event.getValues());
            });

    static final EventKind<Exit> EXIT = new EventKind<>("exit", EventBatch::getExits, EventBatch::setExits,
            Exit::getTime, Exit::setTime, Exit::getProcess, BatchEvents.Visitor::exit, (event, to) -> {});

    /** In the order of events of the same time: a process exists before it acts, and ends last. */
    static final List<EventKind<?>> ALL = List.of(CONTAINER_CHANGE, FORK, EXEC, OPEN, CONNECT, FILE_CHANGE, SOCKET_CALL,
            DNS, DUP, CALL, SYSCALL_COUNTS, FOREIGN, EXIT);

    /**
     * Frequent, and as a rule of less weight than any of the others: what a sender that must give something up gives up
     * first. For the exceptions see {@link PreciousMask}.
     */
    static final List<EventKind<?>> BULK = List.of(OPEN, FILE_CHANGE, SOCKET_CALL, DNS, DUP, CALL);
}
