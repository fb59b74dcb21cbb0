package io.kubeguardian.rules;

import io.kubeguardian.rules.field.EventNames;
import java.util.HashMap;
import java.util.Map;

/** An event for tests. */
record TestEvent(EventType type, long time, ProcessView process, ContainerView container, long result, String path,
        int openFlags, int openMode, int family, String address, int port, int flags) implements EventView {
    /** 2026-03-01T12:34:56.000000789Z. */
    static final long TIME = 1_772_368_496_000_000_789L;

    static final int O_RDONLY = 0;
    static final int O_WRONLY = 1;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0100;
    static final int O_TRUNC = 01000;
    static final int O_APPEND = 02000;
    static final int O_DIRECTORY = 0200000;
    static final int O_CLOEXEC = 02000000;

    static final int AF_UNIX = 1;
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;

    private static final Map<String, PathMemo> MEMOS = new HashMap<>();

    static TestEvent exec(ProcessView process) {
        return of(EventType.EXEC, process, 0, "", 0, 0, 0, "", 0);
    }

    static TestEvent fork(ProcessView process) {
        return of(EventType.FORK, process, 0, "", 0, 0, 0, "", 0);
    }

    static TestEvent exit(ProcessView process, int status) {
        return of(EventType.EXIT, process, status, "", 0, 0, 0, "", 0);
    }

    static TestEvent open(ProcessView process, String path, int flags) {
        return of(EventType.OPEN, process, 3, path, flags, 0, 0, "", 0);
    }

    static TestEvent connect(ProcessView process, String address, int port) {
        return of(EventType.CONNECT, process, 0, "", 0, 0, address.indexOf(':') < 0 ? AF_INET : AF_INET6, address, port);
    }

    static TestEvent connectUnix(ProcessView process, String path) {
        return of(EventType.CONNECT, process, 0, "", 0, 0, AF_UNIX, path, 0);
    }

    @Override
    public String name() {
        return EventNames.name(type);
    }

    /** One for all events with that path, as in the job: whatever else differs, the path's conditions must not care. */
    @Override
    public PathMemo pathMemo() {
        return type == EventType.OPEN ? MEMOS.computeIfAbsent(path, none -> new PathMemo()) : null;
    }

    TestEvent withResult(int value) {
        return new TestEvent(type, time, process, container, value, path, openFlags, openMode, family, address, port, flags);
    }

    TestEvent withMode(int value) {
        return new TestEvent(type, time, process, container, result, path, openFlags, value, family, address, port, flags);
    }

    TestEvent onHost() {
        return new TestEvent(type, time, process, TestContainer.HOST, result, path, openFlags, openMode, family, address,
                port, flags);
    }

    private static TestEvent of(EventType type, ProcessView process, int result, String path, int openFlags, int openMode,
            int family, String address, int port) {
        return new TestEvent(type, TIME, process, TestContainer.SHOP, result, path, openFlags, openMode, family, address,
                port, 0);
    }
}
