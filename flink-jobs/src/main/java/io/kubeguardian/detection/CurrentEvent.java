package io.kubeguardian.detection;

import io.kubeguardian.process.Lineage;
import io.kubeguardian.process.TreeProcess;
import io.kubeguardian.rules.ContainerView;
import io.kubeguardian.rules.EventType;
import io.kubeguardian.rules.EventView;
import io.kubeguardian.rules.Likeness;
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

    private static final Object NOTHING = new Object();
    private static final long UNLIKELY = -1;

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
    /** Whether a rule has asked for what {@link #describe} does not tell. */
    private boolean askedForMore;
    private boolean askedForSubject;
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
        memo = memo(event.getAddress());
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

    /**
     * The program with its ancestors', the container, the path or address, flags and mode, and of a result what it is below
     * 0, or that it is above.
     */
    @Override
    public boolean describe(Likeness likeness) {
        forgetQuestions();
        long first = (long) flags << 32 | (result > 0 ? 1 : (int) result & 0xffffffffL);
        Object subject = memo;
        long second;
        switch (type) {
            case OPEN -> {
                first |= (long) openFlags << 32;
                second = packed(openMode, fileType, 0, 0);
            }
            case CONNECT -> second = packed(family, socketType, protocol, port);
            case EXEC, FORK, EXIT -> {
                subject = NOTHING;
                second = 0;
            }
            default -> {
                return false; // rare, and all different
            }
        }
        Lineage lineage = process.lineage();
        if (lineage == null || second == UNLIKELY || result < Integer.MIN_VALUE) {
            return false;
        }
        likeness.of(lineage, container, subject, type == EventType.CONNECT ? hostNames.version() : NOTHING, first, second);
        return true;
    }

    /** Four numbers of 16 bits; {@link #UNLIKELY} when one has more, which none has that the kernel sends. */
    private static long packed(int a, int b, int c, int d) {
        boolean fits = (a | b | c | d) >>> 16 == 0;
        return fits ? (long) a << 48 | (long) b << 32 | (long) c << 16 | d : UNLIKELY;
    }

    @Override
    public void forgetQuestions() {
        askedForMore = false;
        askedForSubject = false;
        process.forgetQuestions();
    }

    @Override
    public boolean isAskedForSubject() {
        return askedForSubject;
    }

    @Override
    public boolean isAskedForMore() {
        return askedForMore || process.isAskedForMore();
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
        askedForMore = true;
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
        askedForMore |= result > 0;
        return result;
    }

    @Override
    public boolean isFailed() {
        return result < 0;
    }

    @Override
    public int flags() {
        return flags;
    }

    @Override
    public PathMemo pathMemo() {
        askedForSubject = true;
        return memo;
    }

    @Override
    public String path() {
        askedForSubject = true;
        return path;
    }

    @Override
    public String rawPath() {
        askedForSubject = true;
        askedForMore |= type != EventType.OPEN || !rawPath.equals(path);
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
        askedForMore = true;
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
        askedForSubject = true;
        return address;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public String localAddress() {
        askedForMore = true;
        return localAddress;
    }

    @Override
    public int localPort() {
        askedForMore = true;
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
        askedForMore |= type != EventType.CONNECT;
        return hostNames.of(ip);
    }
}
