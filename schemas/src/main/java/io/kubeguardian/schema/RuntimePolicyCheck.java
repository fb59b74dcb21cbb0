package io.kubeguardian.schema;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What the schema cannot say of a runtime policy: the bounds of the CustomResourceDefinition, and the digest. A job
 * refuses what does not pass; who writes one asks first.
 */
public final class RuntimePolicyCheck {
    /** Longest path, pattern or shape of a path, characters. */
    public static final int LONGEST_PATH = 4096;

    private static final int LONGEST_NAME = 253;
    private static final int LONGEST_ARGUMENTS = 8192;
    private static final int MOST_PROGRAMS = 2000;
    private static final int MOST_FILES = 5000;
    private static final int MOST_OF_A_PROGRAM = 200;
    private static final int MOST_ADDRESSES = 64;
    private static final Pattern KIND = Pattern.compile("[A-Z][A-Za-z0-9]{0,62}");
    private static final Pattern LISTEN = Pattern.compile("([0-9]{1,5}|ephemeral)/[a-z0-9]+");
    private static final Pattern CAPABILITY = Pattern.compile("CAP_[A-Z_]+");
    private static final Pattern SYSCALL = Pattern.compile("[a-z0-9_]+");

    private RuntimePolicyCheck() {}

    /**
     * Passes when a job can judge by it.
     *
     * @throws MalformedRecordException with where and why when not
     */
    public static void check(RuntimePolicyRecord policy) throws MalformedRecordException {
        WorkloadRef workload = policy.getWorkload();
        text("name", policy.getName(), LONGEST_NAME);
        text("namespace", policy.getNamespace(), LONGEST_NAME);
        text("cluster", policy.getCluster(), LONGEST_NAME);
        for (String name : List.of(policy.getName(), policy.getNamespace(), policy.getCluster(), workload.getName())) {
            require(name.indexOf('/') < 0, "a name has a slash: " + cut(name));
        }
        require(KIND.matcher(workload.getKind()).matches(), "spec.workload.kind: is no kind");
        text("spec.workload.name", workload.getName(), LONGEST_NAME);
        require(workload.getCluster().equals(policy.getCluster()) && workload.getNamespace().equals(policy.getNamespace()),
                "its workload is of another cluster or namespace");
        require(policy.getMode() != RuntimePolicyMode.OTHER, "spec.mode: must be alert or enforce");
        programs(policy.getPrograms());
        files("read", policy.getRead());
        files("list", policy.getList());
        files("write", policy.getWrite());
        files("change", policy.getChange());
        destinations(policy.getDestinations());
        texts("spec.listen", policy.getListen(), 1000, 32);
        for (String port : policy.getListen()) {
            require(LISTEN.matcher(port).matches() && (port.startsWith("ephemeral")
                    || Integer.parseInt(port.substring(0, port.indexOf('/'))) <= 65_535),
                    "spec.listen: " + cut(port) + " is no port/protocol such as 8080/tcp");
        }
        texts("spec.dnsNames", policy.getDnsNames(), MOST_FILES, 255);
        most("spec.users", policy.getUsers().size(), 1000);
        for (long user : policy.getUsers()) {
            require(user >= 0 && user <= 0xffff_ffffL, "spec.users: " + user + " is no user id");
        }
        matching("spec.capabilities", policy.getCapabilities(), 64, CAPABILITY);
        matching("spec.syscalls", policy.getSyscalls(), 600, SYSCALL);
        require(policy.getDigest().equals(digest(policy)), "the digest is not that of its content");
    }

    private static void programs(List<AllowedProgram> programs) throws MalformedRecordException {
        most("spec.programs", programs.size(), MOST_PROGRAMS);
        for (int i = 0; i < programs.size(); i++) {
            String at = "spec.programs[" + i + ']';
            text(at + ".path", programs.get(i).getPath(), LONGEST_PATH);
            texts(at + ".parents", programs.get(i).getParents(), MOST_OF_A_PROGRAM, LONGEST_PATH);
            most(at + ".arguments", programs.get(i).getArguments().size(), MOST_OF_A_PROGRAM);
            for (String arguments : programs.get(i).getArguments()) {
                require(arguments.length() <= LONGEST_ARGUMENTS, at + ".arguments: more than " + LONGEST_ARGUMENTS + " characters");
            }
        }
    }

    private static void files(String access, List<String> paths) throws MalformedRecordException {
        texts("spec.files." + access, paths, MOST_FILES, LONGEST_PATH);
    }

    private static void destinations(List<AllowedDestination> destinations) throws MalformedRecordException {
        most("spec.destinations", destinations.size(), MOST_PROGRAMS);
        for (int i = 0; i < destinations.size(); i++) {
            AllowedDestination to = destinations.get(i);
            String at = "spec.destinations[" + i + ']';
            require(to.getHost().isEmpty() != to.getCidr().isEmpty(), at + ": needs host or cidr, one of them");
            require(to.getHost().length() <= 253, at + ".host: more than 253 characters");
            require(to.getPort() >= -1 && to.getPort() <= 65_535, at + ".port: " + to.getPort() + " is no port");
            require(List.of("", "TCP", "UDP").contains(to.getProtocol()), at + ".protocol: must be TCP or UDP");
            texts(at + ".addresses", to.getAddresses(), MOST_ADDRESSES, 64);
            try {
                if (!to.getCidr().isEmpty()) {
                    require(to.getCidr().length() <= 64, at + ".cidr: more than 64 characters");
                    IpNetwork.of(to.getCidr());
                }
                for (String address : to.getAddresses()) {
                    SeenAddress.of(address);
                }
            } catch (IllegalArgumentException e) {
                throw new MalformedRecordException(at + ": " + cut(e.getMessage()), e);
            }
        }
    }

    private static void matching(String at, List<String> values, int most, Pattern pattern) throws MalformedRecordException {
        texts(at, values, most, 63);
        for (String value : values) {
            require(pattern.matcher(value).matches(), at + ": " + cut(value) + " does not match " + pattern);
        }
    }

    private static void texts(String at, List<String> values, int most, int longest) throws MalformedRecordException {
        most(at, values.size(), most);
        for (String value : values) {
            text(at, value, longest);
        }
    }

    private static void text(String at, String value, int longest) throws MalformedRecordException {
        require(!value.isBlank(), at + ": is missing or empty");
        require(value.length() <= longest, at + ": more than " + longest + " characters");
    }

    private static void most(String at, int size, int most) throws MalformedRecordException {
        require(size <= most, at + ": more than " + most + " entries");
    }

    private static void require(boolean holds, String problem) throws MalformedRecordException {
        if (!holds) {
            throw new MalformedRecordException(problem);
        }
    }

    private static String cut(String text) {
        return text.length() <= 128 ? text : text.substring(0, 128) + '…';
    }

    /** {@code sha256:…} over workload, mode and what is allowed, in any order; not over who says so and when. */
    public static String digest(RuntimePolicyRecord policy) {
        TreeSet<String> all = new TreeSet<>();
        all.add("workload " + Keys.workload(policy.getWorkload()));
        all.add("mode " + policy.getMode());
        for (AllowedProgram program : policy.getPrograms()) {
            all.add("program " + program.getPath());
            program.getParents().forEach(parent -> all.add("parent " + program.getPath() + '\n' + parent));
            program.getArguments().forEach(arguments -> all.add("arguments " + program.getPath() + '\n' + arguments));
        }
        policy.getRead().forEach(path -> all.add("read " + path));
        policy.getList().forEach(path -> all.add("list " + path));
        policy.getWrite().forEach(path -> all.add("write " + path));
        policy.getChange().forEach(path -> all.add("change " + path));
        for (AllowedDestination to : policy.getDestinations()) {
            String name = to.getHost() + '\n' + to.getCidr() + '\n' + to.getPort() + '\n' + to.getProtocol();
            all.add("destination " + name);
            to.getAddresses().forEach(address -> all.add("address " + name + '\n' + address));
        }
        policy.getListen().forEach(port -> all.add("listen " + port));
        policy.getDnsNames().forEach(name -> all.add("dns " + name));
        policy.getUsers().forEach(user -> all.add("user " + user));
        policy.getCapabilities().forEach(capability -> all.add("capability " + capability));
        policy.getSyscalls().forEach(call -> all.add("syscall " + call));
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : all) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
                digest.update(bytes);
            }
            return "sha256:" + HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
