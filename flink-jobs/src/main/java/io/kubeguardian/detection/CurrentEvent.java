package io.kubeguardian.detection;

import io.kubeguardian.process.TreeProcess;
import io.kubeguardian.rules.ContainerView;
import io.kubeguardian.rules.EventType;
import io.kubeguardian.rules.EventView;
import io.kubeguardian.rules.PathMemo;
import io.kubeguardian.rules.field.EventNames;
import io.kubeguardian.schema.Call;
import io.kubeguardian.schema.Connect;
import io.kubeguardian.schema.Dns;
import io.kubeguardian.schema.Dup;
import io.kubeguardian.schema.FileChange;
import io.kubeguardian.schema.Open;
import io.kubeguardian.schema.SocketCall;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The event that is looked at: one object for all, filled anew for each. */
final class CurrentEvent implements EventView {
    /** Distinct paths of which it is remembered what conditions said; the longest unused are forgotten. */
    private static final int PATHS = 8_192;

    private List<String> strings = List.of();
    /** By place in the batch's table of strings: of those that an open has named so far. */
    private PathMemo[] memos = {};
    private PathMemo memo;
    private final Map<String, PathMemo> paths = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, PathMemo> eldest) {
            return size() > PATHS;
        }
    };
    private HostNames hostNames = new HostNamesInMemory();

    private EventType type;
    private String name;
    private long time;
    private TreeProcess process;
    private ContainerView container;

    private long result;
    private int flags;
    private String path;
    private String rawPath;
    private int openFlags;
    private int openMode;
    private int fileType;
    private int fd;
    private int family;
    private int socketType;
    private int protocol;
    private String address;
    private int port;
    private String localAddress;
    private int localPort;
    private String fdType;
    /** What only some kinds have; null in the others. */
    private FileChange change;
    private SocketCall socket;
    private Call call;
    private Dns dns;

    /** For the events of a batch. @param strings its table */
    void batch(List<String> table, HostNames names) {
        strings = table;
        hostNames = names;
        if (memos.length < table.size()) {
            memos = new PathMemo[2 * table.size()];
        } else {
            Arrays.fill(memos, 0, table.size(), null);
        }
    }

    private PathMemo memo(int index) {
        if (memos[index] == null) {
            memos[index] = paths.computeIfAbsent(strings.get(index), path -> new PathMemo());
        }
        return memos[index];
    }

    /** Starts a new event; what follows fills in the rest. */
    void begin(EventType newType, long newTime, TreeProcess newProcess, ContainerView newContainer) {
        type = newType;
        name = EventNames.name(newType);
        time = newTime;
        process = newProcess;
        container = newContainer;
        result = 0;
        flags = 0;
        path = "";
        rawPath = "";
        memo = null;
        openFlags = 0;
        openMode = 0;
        fileType = 0;
        fd = -1;
        family = 0;
        socketType = 0;
        protocol = 0;
        address = "";
        port = 0;
        localAddress = "";
        localPort = 0;
        fdType = "";
        change = null;
        socket = null;
        call = null;
        dns = null;
    }

    /** EXEC: its flags; EXIT: its status. */
    void plain(long newResult, int newFlags) {
        result = newResult;
        flags = newFlags;
    }

    void open(Open event) {
        path = strings.get(event.getPath());
        memo = memo(event.getPath());
        rawPath = event.getRawPath() == 0 ? path : strings.get(event.getRawPath());
        openFlags = event.getFlags();
        openMode = event.getMode();
        fileType = event.getFileType();
        result = event.getResult();
    }

    void connect(Connect event) {
        fd = event.getFd();
        family = event.getFamily();
        socketType = event.getType();
        protocol = event.getProtocol();
        address = strings.get(event.getAddress());
        port = event.getPort();
        localAddress = strings.get(event.getLocalAddress());
        localPort = event.getLocalPort();
        result = event.getResult();
        flags = event.getFlags();
    }

    void fileChange(FileChange event) {
        change = event;
        name = strings.get(event.getCall());
        path = strings.get(event.getPath());
        rawPath = event.getRawPath() == 0 ? path : strings.get(event.getRawPath());
        openMode = event.getMode();
        flags = event.getFlags();
        result = event.getResult();
    }

    void socketCall(SocketCall event) {
        socket = event;
        name = strings.get(event.getCall());
        fd = event.getFd();
        family = event.getFamily();
        socketType = event.getType();
        protocol = event.getProtocol();
        address = strings.get(event.getRemoteAddress());
        port = event.getRemotePort();
        localAddress = strings.get(event.getLocalAddress());
        localPort = event.getLocalPort();
        result = event.getResult();
        flags = event.getFlags();
    }

    void dns(Dns event) {
        dns = event;
        address = strings.get(event.getServerAddress());
        port = event.getServerPort();
        flags = event.getFlags();
    }

    void dup(Dup event) {
        name = strings.get(event.getCall());
        fd = event.getFd();
        fdType = strings.get(event.getFdType());
        path = strings.get(event.getPath());
        family = switch (fdType) {
            case "ipv4" -> 2;
            case "ipv6" -> 10;
            case "unix" -> 1;
            default -> 0;
        };
        socketType = event.getType();
        protocol = event.getProtocol();
        address = strings.get(event.getRemoteAddress());
        port = event.getRemotePort();
        localAddress = strings.get(event.getLocalAddress());
        localPort = event.getLocalPort();
        result = event.getResult();
    }

    void call(Call event) {
        call = event;
        name = strings.get(event.getCall());
        result = event.getResult();
        flags = event.getFlags();
    }

    @Override
    public EventType type() {
        return type;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long time() {
        return time;
    }

    @Override
    public TreeProcess process() {
        return process;
    }

    @Override
    public ContainerView container() {
        return container;
    }

    @Override
    public long result() {
        return result;
    }

    @Override
    public int flags() {
        return flags;
    }

    @Override
    public PathMemo pathMemo() {
        return memo;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public String rawPath() {
        return rawPath;
    }

    @Override
    public String secondPath() {
        return change == null ? "" : strings.get(change.getSecondPath());
    }

    @Override
    public String rawSecondPath() {
        if (change == null) {
            return "";
        }
        return strings.get(change.getRawSecondPath() == 0 ? change.getSecondPath() : change.getRawSecondPath());
    }

    @Override
    public int openFlags() {
        return openFlags;
    }

    @Override
    public int openMode() {
        return openMode;
    }

    @Override
    public int fileType() {
        return fileType;
    }

    @Override
    public int owner() {
        return change == null ? -1 : change.getOwner();
    }

    @Override
    public int group() {
        return change == null ? -1 : change.getGroup();
    }

    @Override
    public int fd() {
        return fd;
    }

    @Override
    public String fdType() {
        return fdType;
    }

    @Override
    public int family() {
        return family;
    }

    @Override
    public int socketType() {
        return socketType;
    }

    @Override
    public int protocol() {
        return protocol;
    }

    @Override
    public String address() {
        return address;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public String localAddress() {
        return localAddress;
    }

    @Override
    public int localPort() {
        return localPort;
    }

    @Override
    public long size() {
        return socket != null ? socket.getSize() : dns != null ? dns.getSize() : 0;
    }

    @Override
    public List<Long> arguments() {
        return call == null ? List.of() : call.getArguments();
    }

    @Override
    public List<String> texts() {
        return call == null ? List.of() : call.getTexts().stream().map(strings::get).toList();
    }

    @Override
    public int targetPid() {
        return call == null ? 0 : call.getTargetPid();
    }

    @Override
    public String dnsName() {
        return dns == null ? "" : strings.get(dns.getName());
    }

    @Override
    public int dnsType() {
        return dns == null ? 0 : dns.getType();
    }

    @Override
    public boolean dnsResponse() {
        return dns != null && dns.getResponse();
    }

    @Override
    public int dnsCode() {
        return dns == null ? 0 : dns.getResponseCode();
    }

    @Override
    public List<String> dnsAnswers() {
        return dns == null ? List.of() : dns.getAnswers().stream().map(strings::get).toList();
    }

    @Override
    public String hostName(String ip) {
        return hostNames.of(ip);
    }
}
