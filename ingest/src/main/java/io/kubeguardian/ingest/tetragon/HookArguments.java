package io.kubeguardian.ingest.tetragon;

import io.kubeguardian.collector.sensor.SystemCalls;
import io.kubeguardian.ingest.MalformedLineException;
import io.kubeguardian.ingest.json.Fields;
import java.util.ArrayList;
import java.util.List;

/**
 * The arguments that a hook recorded, by type. Which arguments of a function they are is up to the TracingPolicy, and
 * the export does not tell their places; their order is that of the function. Format: message KprobeArgument.
 */
final class HookArguments {
    private static final int MOST = 32;

    /** All arguments in their order, those that are no numbers as 0: as a system call's pointers stand in a Call. */
    private final List<Long> positions = new ArrayList<>();
    private final List<Long> numbers = new ArrayList<>();
    /** How many numbers came before each text. */
    private final List<Integer> numbersBefore = new ArrayList<>();
    private final List<String> texts = new ArrayList<>();
    private FilePath file;
    private SocketEnds socket;
    private long packetSize;
    private String systemCall = "";

    static HookArguments of(List<Fields> all) throws MalformedLineException {
        HookArguments arguments = new HookArguments();
        for (Fields argument : all.subList(0, Math.min(all.size(), MOST))) {
            arguments.take(argument);
        }
        return arguments;
    }

    /** Adds the socket that a function returned. */
    HookArguments withReturned(HookArguments returned) {
        if (returned.socket != null) {
            socket = socket == null ? returned.socket : returned.socket.with(socket);
        }
        return this;
    }

    private void take(Fields argument) throws MalformedLineException {
        for (String name : argument.names()) {
            switch (name) {
                case "string_arg" -> text(argument.text(name));
                case "int_arg", "uint_arg", "long_arg" -> number(
                        argument.number(name, 0, Long.MIN_VALUE, Long.MAX_VALUE));
                case "size_arg" -> number(argument.unsigned(name));
                case "file_arg", "path_arg", "linux_binprm_arg" -> file(argument.object(name));
                case "sock_arg" -> socket(SocketEnds.of(argument.object(name)));
                case "skb_arg" -> packet(argument.object(name));
                case "sockaddr_arg" -> socket(SocketEnds.ofAddress(argument.object(name)));
                case "bpf_attr_arg" -> program(argument.object(name));
                case "module_arg" -> text(argument.object(name).text("name"));
                case "syscall_id" -> systemCall(argument.object(name));
                default -> { } // is left, and kept as it is
            }
        }
    }

    private void number(long number) {
        numbers.add(number);
        positions.add(number);
    }

    private void text(String text) {
        texts.add(text);
        positions.add(0L);
        numbersBefore.add(numbers.size());
    }

    private void file(Fields fields) throws MalformedLineException {
        FilePath seen = FilePath.resolved(fields.text("path"), fields.text("permission"),
                fields.text("flags").contains("unresolved"));
        if (file == null) {
            file = seen;
        }
        text(seen.path());
    }

    private void socket(SocketEnds seen) {
        socket = socket == null ? seen : seen.with(socket);
    }

    private void packet(Fields fields) throws MalformedLineException {
        packetSize = fields.number("len", 0, 0, Integer.MAX_VALUE);
        socket(SocketEnds.of(fields));
    }

    private void program(Fields fields) throws MalformedLineException {
        text(fields.text("ProgType"));
        text(fields.text("ProgName"));
    }

    private void systemCall(Fields fields) throws MalformedLineException {
        int number = (int) fields.number("id", 0, 0, Integer.MAX_VALUE);
        String abi = fields.text("abi");
        systemCall = abi.isEmpty() || abi.equals("x64") ? SystemCalls.name(number) : abi + '_' + number;
    }

    /** Null when there is none. */
    FilePath file() {
        return file;
    }

    /** Null when there is none. */
    SocketEnds socket() {
        return socket;
    }

    /** Of a packet; 0 when there is none. */
    long packetSize() {
        return packetSize;
    }

    /** The call that a tracepoint of all calls gives, by number; taken out of the arguments. Empty when there is none. */
    String takeSystemCall() {
        if (systemCall.isEmpty() && !numbers.isEmpty()) {
            systemCall = SystemCalls.name(Math.clamp(numbers.remove(0), -1, Integer.MAX_VALUE));
            positions.remove(0);
            numbersBefore.replaceAll(before -> Math.max(0, before - 1));
        }
        return systemCall;
    }

    List<Long> positions() {
        return positions;
    }

    List<Long> numbers() {
        return numbers;
    }

    List<String> texts() {
        return texts;
    }

    /** The n-th number, or another when there are not as many. */
    long number(int index, long missing) {
        return index < numbers.size() ? numbers.get(index) : missing;
    }

    /** As {@link #number}; beyond an int counts as missing. */
    int integer(int index, int missing) {
        long number = number(index, missing);
        return number == (int) number ? (int) number : missing;
    }

    /** The n-th number after the n-th text, or another when there are not as many. */
    int integerAfter(int text, int index, int missing) {
        return text < texts.size() ? integer(numbersBefore.get(text) + index, missing) : missing;
    }

    /** The n-th text as a path; relative to the directory where the number before it is AT_FDCWD or no descriptor. */
    FilePath path(int text, String directory) {
        if (text >= texts.size()) {
            return FilePath.NONE;
        }
        int before = numbersBefore.get(text) - (text == 0 ? 0 : numbersBefore.get(text - 1));
        boolean atDescriptor = before > 0 && integer(numbersBefore.get(text) - 1, AT_FDCWD) != AT_FDCWD;
        return FilePath.given(texts.get(text), atDescriptor ? "" : directory);
    }

    /** include/uapi/linux/fcntl.h */
    static final int AT_FDCWD = -100;
}
