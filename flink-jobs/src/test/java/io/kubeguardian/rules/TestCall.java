package io.kubeguardian.rules;

import java.util.Arrays;
import java.util.List;

/** A system call for tests, of the kinds whose events say which call it was; or a DNS question. */
record TestCall(EventType type, String name, ProcessView process, ContainerView container, long result, String path,
        String secondPath, int openMode, String fdType, int family, int socketType, String address, int port,
        String localAddress, int localPort, List<Long> arguments, List<String> texts, int targetPid, String dnsName,
        int dnsType) implements EventView {
    private static final int AF_INET = 2;
    private static final int SOCK_STREAM = 1;

    /** One of Falco's names. @param arguments numbers and texts, each in the call's order */
    static TestCall call(ProcessView process, String name, Object... arguments) {
        return new TestCall(EventType.CALL, name, process, TestContainer.SHOP, 0, "", "", 0, "", 0, 0, "", 0, "", 0,
                Arrays.stream(arguments).filter(Number.class::isInstance).map(each -> ((Number) each).longValue()).toList(),
                Arrays.stream(arguments).filter(String.class::isInstance).map(String.class::cast).toList(), 0, "", 0);
    }

    static TestCall change(ProcessView process, String name, String path, String secondPath) {
        return new TestCall(EventType.FILE_CHANGE, name, process, TestContainer.SHOP, 0, path, secondPath, 0, "", 0, 0, "", 0,
                "", 0, List.of(), List.of(), 0, "", 0);
    }

    static TestCall chmod(ProcessView process, String path, int mode) {
        return new TestCall(EventType.FILE_CHANGE, "fchmodat", process, TestContainer.SHOP, 0, path, "", mode, "", 0, 0, "", 0,
                "", 0, List.of(), List.of(), 0, "", 0);
    }

    /** Of a TCP connection to an address. @param copy the number that the descriptor gets */
    static TestCall dup(ProcessView process, int copy, String address, int port) {
        return new TestCall(EventType.DUP, "dup2", process, TestContainer.SHOP, copy, "", "", 0, "ipv4", AF_INET, SOCK_STREAM,
                address, port, "10.0.0.9", 41000, List.of(), List.of(), 0, "", 0);
    }

    static TestCall dupFile(ProcessView process, int copy, String path) {
        return new TestCall(EventType.DUP, "dup2", process, TestContainer.SHOP, copy, path, "", 0, "file", 0, 0, "", 0, "", 0,
                List.of(), List.of(), 0, "", 0);
    }

    static TestCall socket(ProcessView process, int family, int type) {
        return new TestCall(EventType.SOCKET, "socket", process, TestContainer.SHOP, 4, "", "", 0, "", family, type, "", 0, "", 0,
                List.of(), List.of(), 0, "", 0);
    }

    static TestCall listen(ProcessView process, String address, int port) {
        return new TestCall(EventType.SOCKET, "listen", process, TestContainer.SHOP, 0, "", "", 0, "", AF_INET, SOCK_STREAM, "",
                0, address, port, List.of(), List.of(), 0, "", 0);
    }

    static TestCall accept(ProcessView process, String client, int port) {
        return new TestCall(EventType.SOCKET, "accept4", process, TestContainer.SHOP, 5, "", "", 0, "", AF_INET, SOCK_STREAM,
                client, 41000, "10.0.0.9", port, List.of(), List.of(), 0, "", 0);
    }

    /** @param type number of the record type: A 1, TXT 16, … */
    static TestCall question(ProcessView process, String name, int type) {
        return new TestCall(EventType.DNS, "dns", process, TestContainer.SHOP, 0, "", "", 0, "", AF_INET, 0, "10.96.0.10", 53,
                "", 0, List.of(), List.of(), 0, name, type);
    }

    TestCall returning(long value) {
        return new TestCall(type, name, process, container, value, path, secondPath, openMode, fdType, family, socketType,
                address, port, localAddress, localPort, arguments, texts, targetPid, dnsName, dnsType);
    }

    @Override
    public long time() {
        return TestEvent.TIME;
    }

    @Override
    public int flags() {
        return 0;
    }

    @Override
    public int openFlags() {
        return 0;
    }
}
