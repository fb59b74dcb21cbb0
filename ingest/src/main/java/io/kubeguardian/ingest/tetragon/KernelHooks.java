package io.kubeguardian.ingest.tetragon;

import static java.util.Map.entry;

import java.util.List;
import java.util.Map;

/**
 * What the functions mean that TracingPolicies hook: system calls by their entry points, kernel functions and LSM hooks by
 * their names. Signatures: the kernel's own ({@code include/linux/lsm_hook_defs.h}, {@code net/ipv4/tcp*.c}); which of the
 * arguments are there is up to the policy, so they are looked for by type.
 */
final class KernelHooks {
    private static final int O_RDONLY = 0;
    private static final int O_WRONLY = 1;
    private static final int O_RDWR = 2;
    private static final int O_CREAT = 0100;
    private static final int O_TRUNC = 01000;
    private static final int O_APPEND = 02000;
    /** include/linux/fs.h */
    private static final int MAY_WRITE = 2;
    private static final int MAY_READ = 4;
    private static final int MAY_APPEND = 8;
    /** include/uapi/asm-generic/mman-common.h */
    private static final int PROT_WRITE = 2;
    /** enum kernel_read_file_id of include/linux/kernel_read_file.h */
    private static final int READING_MODULE = 2;
    /** enum bpf_cmd of include/uapi/linux/bpf.h */
    private static final long BPF_MAP_CREATE = 0;
    private static final long BPF_PROG_LOAD = 5;
    private static final int EINPROGRESS = 115;

    private static final List<String> ENTRY_POINTS = List.of("__x64_sys_", "__ia32_sys_", "__arm64_sys_", "__se_sys_",
            "__do_sys_", "__sys_", "sys_");

    /**
     * A hook that was hit.
     *
     * @param name of the system call or function
     * @param result as the function returned it; 0 when that was not recorded
     * @param hasResult whether it was
     */
    record Hit(String name, HookArguments arguments, EventWriter writer, long result, boolean hasResult) {
        int status() {
            return Math.clamp(result, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
    }

    /** Writes the event; false when the arguments recorded are too few for it. */
    private interface Meaning {
        boolean write(Hit hit);
    }

    private static final Map<String, Meaning> CALLS = Map.ofEntries(
            entry("open", KernelHooks::open), entry("openat", KernelHooks::open), entry("openat2", KernelHooks::open),
            entry("creat", KernelHooks::open),
            entry("read", hit -> access(hit, O_RDONLY)), entry("pread64", hit -> access(hit, O_RDONLY)),
            entry("readv", hit -> access(hit, O_RDONLY)), entry("preadv", hit -> access(hit, O_RDONLY)),
            entry("write", hit -> access(hit, O_WRONLY)), entry("pwrite64", hit -> access(hit, O_WRONLY)),
            entry("writev", hit -> access(hit, O_WRONLY)), entry("pwritev", hit -> access(hit, O_WRONLY)),
            entry("truncate", FileHooks::change), entry("ftruncate", FileHooks::change),
            entry("mknod", FileHooks::change), entry("mknodat", FileHooks::change),
            entry("rename", FileHooks::change), entry("renameat", FileHooks::change),
            entry("renameat2", FileHooks::change), entry("link", FileHooks::change), entry("linkat", FileHooks::change),
            entry("symlink", FileHooks::change), entry("symlinkat", FileHooks::change),
            entry("unlink", FileHooks::change), entry("unlinkat", FileHooks::change), entry("rmdir", FileHooks::change),
            entry("mkdir", FileHooks::change), entry("mkdirat", FileHooks::change), entry("chmod", FileHooks::change),
            entry("fchmod", FileHooks::change), entry("fchmodat", FileHooks::change),
            entry("fchmodat2", FileHooks::change), entry("chown", FileHooks::change),
            entry("fchown", FileHooks::change), entry("lchown", FileHooks::change),
            entry("fchownat", FileHooks::change),
            entry("connect", hit -> connect(hit, 1)),
            entry("socket", KernelHooks::socket), entry("bind", KernelHooks::bind),
            entry("listen", hit -> socketCall(hit, "listen", 1)), entry("accept", hit -> socketCall(hit, "accept", 1)),
            entry("accept4", hit -> socketCall(hit, "accept4", 1)), entry("sendto", hit -> socketCall(hit, "sendto", 1)),
            entry("sendmsg", hit -> socketCall(hit, "sendmsg", 1)), entry("sendmmsg", hit -> socketCall(hit, "sendmmsg", 1)),
            entry("recvfrom", hit -> socketCall(hit, "recvfrom", 1)), entry("recvmsg", hit -> socketCall(hit, "recvmsg", 1)),
            entry("dup", KernelHooks::dup), entry("dup2", KernelHooks::dup), entry("dup3", KernelHooks::dup));

    private static final Map<String, Meaning> FUNCTIONS = Map.ofEntries(
            entry("fd_install", KernelHooks::install),
            entry("security_file_open", hit -> access(hit, O_RDONLY)), entry("vfs_open", hit -> access(hit, O_RDONLY)),
            entry("do_filp_open", KernelHooks::open), entry("do_sys_openat2", KernelHooks::open),
            entry("security_file_permission", KernelHooks::permission),
            entry("security_mmap_file", KernelHooks::map),
            entry("vfs_read", hit -> access(hit, O_RDONLY)), entry("vfs_write", hit -> access(hit, O_WRONLY)),
            entry("security_path_truncate", KernelHooks::truncate),
            entry("security_file_truncate", KernelHooks::truncate), entry("do_truncate", KernelHooks::truncate),
            entry("tcp_connect", hit -> connect(hit, 0)), entry("tcp_v4_connect", hit -> connect(hit, 0)),
            entry("tcp_v6_connect", hit -> connect(hit, 0)), entry("security_socket_connect", hit -> connect(hit, 0)),
            entry("tcp_close", hit -> socketCall(hit, "close", 0)), entry("inet_release", hit -> socketCall(hit, "close", 0)),
            entry("tcp_sendmsg", hit -> socketCall(hit, "sendmsg", 0)),
            entry("udp_sendmsg", hit -> socketCall(hit, "sendmsg", 0)),
            entry("udpv6_sendmsg", hit -> socketCall(hit, "sendmsg", 0)),
            entry("ip_send_skb", hit -> socketCall(hit, "sendmsg", 0)), entry("ip_output", hit -> socketCall(hit, "sendmsg", 0)),
            entry("ip6_output", hit -> socketCall(hit, "sendmsg", 0)),
            entry("__cgroup_bpf_run_filter_skb", hit -> socketCall(hit, "sendmsg", 0)),
            entry("security_socket_sendmsg", hit -> socketCall(hit, "sendmsg", 0)),
            entry("tcp_recvmsg", hit -> socketCall(hit, "recvmsg", 0)),
            entry("udp_recvmsg", hit -> socketCall(hit, "recvmsg", 0)),
            entry("security_socket_recvmsg", hit -> socketCall(hit, "recvmsg", 0)),
            entry("inet_csk_listen_start", hit -> socketCall(hit, "listen", 0)),
            entry("inet_listen", hit -> socketCall(hit, "listen", 0)),
            entry("security_socket_listen", hit -> socketCall(hit, "listen", 0)),
            entry("inet_csk_accept", hit -> socketCall(hit, "accept", 0)),
            entry("security_socket_accept", hit -> socketCall(hit, "accept", 0)),
            entry("security_socket_bind", KernelHooks::bind), entry("inet_bind", KernelHooks::bind),
            entry("security_socket_create", KernelHooks::socket),
            entry("security_sb_mount", hit -> call(hit, "mount")), entry("path_mount", hit -> call(hit, "mount")),
            entry("security_sb_pivotroot", hit -> call(hit, "pivot_root")),
            entry("do_init_module", hit -> call(hit, "init_module")), entry("free_module", hit -> call(hit, "delete_module")),
            entry("security_kernel_read_file", KernelHooks::readFile),
            entry("security_bpf", hit -> call(hit, "bpf")), entry("bpf_check", hit -> bpf(hit, BPF_PROG_LOAD)),
            entry("security_bpf_map_alloc", hit -> bpf(hit, BPF_MAP_CREATE)),
            entry("security_perf_event_alloc", hit -> call(hit, "perf_event_open")));

    private KernelHooks() {}

    /** Name of the system call whose entry point this is; empty when it is none. */
    static String systemCall(String function) {
        for (String prefix : ENTRY_POINTS) {
            if (function.startsWith(prefix) && function.length() > prefix.length()) {
                return function.substring(prefix.length());
            }
        }
        return "";
    }

    /** A system call: written as one event. */
    static void call(Hit hit) {
        Meaning meaning = CALLS.get(hit.name());
        if (meaning == null || !meaning.write(hit)) {
            call(hit, hit.name());
        }
    }

    /** Whether a function within the kernel means something here. */
    static boolean knows(String function) {
        return FUNCTIONS.containsKey(function);
    }

    /** A function that is known: written as one event; under its own name when too little was recorded to tell more. */
    static void function(Hit hit) {
        if (!FUNCTIONS.get(hit.name()).write(hit)) {
            call(hit, hit.name());
        }
    }

    /** openat(2) and its kin: a path, then flags and mode. */
    private static boolean open(Hit hit) {
        HookArguments arguments = hit.arguments();
        FilePath path = arguments.file() != null ? arguments.file() : arguments.path(0, hit.writer().workingDirectory());
        if (path.path().isEmpty()) {
            return false;
        }
        boolean creat = hit.name().equals("creat");
        int flags = creat ? O_CREAT | O_WRONLY | O_TRUNC : arguments.integerAfter(0, 0, O_RDONLY);
        hit.writer().open(path, flags, arguments.integerAfter(0, creat ? 0 : 1, 0), hit.status());
        return true;
    }

    /** An open file gets its number; how it was opened is not told. */
    private static boolean install(Hit hit) {
        if (hit.arguments().file() == null) {
            return false;
        }
        hit.writer().open(hit.arguments().file(), O_RDONLY, 0, hit.arguments().integer(0, 0));
        return true;
    }

    /** What is done to a file that is open already is told as an open for that purpose. */
    private static boolean access(Hit hit, int flags) {
        if (hit.arguments().file() == null) {
            return false;
        }
        hit.writer().open(hit.arguments().file(), flags, 0, Math.min(0, hit.status()));
        return true;
    }

    private static boolean permission(Hit hit) {
        int mask = hit.arguments().integer(0, MAY_READ);
        int flags = (mask & MAY_WRITE) == 0 ? O_RDONLY : (mask & MAY_READ) == 0 ? O_WRONLY : O_RDWR;
        return access(hit, (mask & MAY_APPEND) == 0 ? flags : flags | O_APPEND);
    }

    private static boolean map(Hit hit) {
        return access(hit, (hit.arguments().integer(0, 0) & PROT_WRITE) == 0 ? O_RDONLY : O_RDWR);
    }

    private static boolean truncate(Hit hit) {
        return FileHooks.change(new Hit("truncate", hit.arguments(), hit.writer(), hit.result(), hit.hasResult()));
    }

    /** Without a recorded result it is under way. @param descriptors numbers before others that are descriptors */
    private static boolean connect(Hit hit, int descriptors) {
        SocketEnds socket = hit.arguments().socket();
        if (socket == null) {
            return false;
        }
        hit.writer().connect(socket, descriptor(hit, descriptors), hit.hasResult() ? hit.status() : -EINPROGRESS);
        return true;
    }

    /** @param descriptors numbers before others that are descriptors: system calls have one, kernel functions none */
    private static boolean socketCall(Hit hit, String call, int descriptors) {
        HookArguments arguments = hit.arguments();
        if (arguments.socket() == null) {
            return false;
        }
        long size = arguments.packetSize() != 0 ? arguments.packetSize() : Math.max(0, arguments.number(descriptors, 0));
        hit.writer().socketCall(call, arguments.socket(), descriptor(hit, descriptors),
                call.startsWith("send") || call.equals("listen") ? size : 0, hit.status());
        return true;
    }

    private static int descriptor(Hit hit, int descriptors) {
        return descriptors == 0 ? -1 : hit.arguments().integer(0, -1);
    }

    /** The address given is the socket's own. */
    private static boolean bind(Hit hit) {
        SocketEnds socket = hit.arguments().socket();
        if (socket == null) {
            return false;
        }
        boolean own = socket.localPort() != 0 || !socket.localAddress().isEmpty();
        hit.writer().socketCall("bind", own ? socket : socket.swapped(), -1, 0, hit.status());
        return true;
    }

    /** socket(2): family, type, protocol. */
    private static boolean socket(Hit hit) {
        HookArguments arguments = hit.arguments();
        if (arguments.numbers().size() < 3) {
            return false;
        }
        SocketEnds socket = new SocketEnds(arguments.integer(0, 0), arguments.integer(1, 0), arguments.integer(2, 0), "",
                0, "", 0);
        hit.writer().socketCall("socket", socket, -1, 0, hit.status());
        return true;
    }

    private static boolean dup(Hit hit) {
        if (hit.arguments().numbers().isEmpty()) {
            return false;
        }
        int copy = hit.hasResult() ? hit.status() : hit.arguments().integer(1, 0);
        hit.writer().dup(hit.name(), hit.arguments().integer(0, -1), copy);
        return true;
    }

    /** security_kernel_read_file: the kernel reads a file for a purpose of its own. */
    private static boolean readFile(Hit hit) {
        return hit.arguments().integer(0, 0) == READING_MODULE ? call(hit, "finit_module") : access(hit, O_RDONLY);
    }

    private static boolean bpf(Hit hit, long command) {
        hit.writer().call("bpf", List.of(command), hit.arguments().texts(), 0, hit.result());
        return true;
    }

    private static boolean call(Hit hit, String name) {
        HookArguments arguments = hit.arguments();
        // ptrace(request, pid, …), process_vm_writev(pid, …)
        int target = switch (name) {
            case "ptrace" -> arguments.integer(1, 0);
            case "process_vm_writev", "process_vm_readv" -> arguments.integer(0, 0);
            default -> 0;
        };
        hit.writer().call(name, arguments.positions(), arguments.texts(), Math.max(0, target), hit.result());
        return true;
    }
}
