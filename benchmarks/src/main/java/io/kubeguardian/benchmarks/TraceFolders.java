package io.kubeguardian.benchmarks;

import io.kubeguardian.collector.CollectorMain;
import io.kubeguardian.ml.Behaviour;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * System-call traces to learn from and to judge: one trace a file, names or numbers of calls separated by white space.
 *
 * @param train normal ones, to learn from
 * @param normal normal ones, to judge
 * @param attacks to judge
 * @param episodes which attack each of those is a part of, place by place
 */
record TraceFolders(List<Behaviour> train, List<Behaviour> normal, List<Behaviour> attacks, List<String> episodes) {
    /** Larger files are no traces. */
    private static final int MOST_BYTES = 64 << 20;
    private static final int MOST_FILES = 200_000;
    private static final Pattern NUMBER = Pattern.compile("\\d{1,4}");
    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]{0,63}");

    /** arch/x86/entry/syscalls/syscall_32.tbl, what syscall_64.tbl lacks. */
    private static final Set<String> ONLY_32_BIT = Set.of(("_llseek _newselect bdflush break chown32 clock_adjtime64 "
            + "clock_getres_time64 clock_gettime64 clock_nanosleep_time64 clock_settime64 fadvise64_64 fchown32 fcntl64 "
            + "fstat64 fstatat64 fstatfs64 ftime ftruncate64 futex_time64 getegid32 geteuid32 getgid32 getgroups32 "
            + "getresgid32 getresuid32 getuid32 gtty idle io_pgetevents_time64 ipc lchown32 lock lstat64 mmap2 mpx "
            + "mq_timedreceive_time64 mq_timedsend_time64 nice oldfstat oldlstat oldolduname oldstat olduname "
            + "ppoll_time64 prof profil pselect6_time64 readdir recvmmsg_time64 rt_sigtimedwait_time64 "
            + "sched_rr_get_interval_time64 semtimedop_time64 sendfile64 setfsgid32 setfsuid32 setgid32 setgroups32 "
            + "setregid32 setresgid32 setresuid32 setreuid32 setuid32 sgetmask sigaction signal sigpending sigprocmask "
            + "sigreturn sigsuspend socketcall ssetmask stat64 statfs64 stime stty timer_gettime64 timer_settime64 "
            + "timerfd_gettime64 timerfd_settime64 truncate64 ugetrlimit ulimit umount utimensat_time64 vm86 vm86old "
            + "waitpid").split(" "));

    /** What the words of a collection are; one collection has one sort. */
    private static final class Words {
        private final Set<String> known;
        private Boolean numbers;
        private Path first;

        Words(Set<String> known) {
            this.known = known;
        }

        Behaviour trace(Path file, byte[] bytes) {
            List<String> calls = new ArrayList<>();
            int line = 1;
            for (String text : text(file, bytes).split("\n", -1)) {
                for (String word : text.strip().split("\\s+")) {
                    if (!word.isEmpty()) {
                        check(file, line, word);
                        calls.add(word);
                    }
                }
                line++;
            }
            if (calls.isEmpty()) {
                throw new UnavailableException(file + ": is empty; a trace has at least one system call");
            }
            return Behaviour.ofTrace(calls);
        }

        private void check(Path file, int line, String word) {
            boolean number = NUMBER.matcher(word).matches();
            if (!number && !NAME.matcher(word).matches()) {
                throw new UnavailableException(file + ":" + line + ": '" + shown(word)
                        + "' is neither the name nor the number of a system call");
            }
            if (numbers == null) {
                numbers = number;
                first = file;
            }
            if (numbers != number) {
                throw new UnavailableException(file + ":" + line + ": '" + word + "' is a " + (number ? "number" : "name")
                        + ", but " + first + " has " + (numbers ? "numbers" : "names") + "; use one of both in all files");
            }
            if (!number && !known.contains(word)) {
                throw new UnavailableException(file + ":" + line + ": Linux has no system call " + word
                        + "; names are those of x86-64 or i386");
            }
        }

        private static String text(Path file, byte[] bytes) {
            try {
                return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            } catch (CharacterCodingException e) {
                throw new UnavailableException(file + ": is no text");
            }
        }

        private static String shown(String word) {
            String plain = word.replaceAll("\\p{Cntrl}", "?");
            return plain.length() <= 40 ? plain : plain.substring(0, 40) + '…';
        }
    }

    /** @throws UnavailableException with one line that says which file is wrong, and what to do */
    static TraceFolders of(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new UnavailableException(folder + ": no such folder; --traces takes one with train/, normal/ and attack/");
        }
        Words words = new Words(systemCalls());
        List<String> episodes = new ArrayList<>();
        List<Behaviour> train = read(folder.resolve("train"), words, null);
        List<Behaviour> normal = read(folder.resolve("normal"), words, null);
        List<Behaviour> attacks = read(folder.resolve("attack"), words, episodes);
        return new TraceFolders(train, normal, attacks, episodes);
    }

    private static List<Behaviour> read(Path folder, Words words, List<String> episodes) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new UnavailableException(folder + ": no such folder; --traces takes one with train/, normal/ and attack/");
        }
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile).filter(file -> !file.getFileName().toString().startsWith("."))
                    .sorted().limit(MOST_FILES + 1).toList();
        }
        if (files.isEmpty() || files.size() > MOST_FILES) {
            throw new UnavailableException(folder + ": has " + (files.isEmpty() ? "no trace" : "more than " + MOST_FILES
                    + " traces") + "; one trace is one file");
        }
        List<Behaviour> traces = new ArrayList<>();
        for (Path file : files) {
            if (Files.size(file) > MOST_BYTES) {
                throw new UnavailableException(file + ": has more than " + (MOST_BYTES >> 20) + " MiB; is it a trace?");
            }
            traces.add(words.trace(file, Files.readAllBytes(file)));
            if (episodes != null) {
                episodes.add(file.getParent().equals(folder) ? file.toString() : file.getParent().toString());
            }
        }
        return traces;
    }

    /** ADFA-LD as it is published: a zip with its three folders. */
    static TraceFolders adfa(Path zip) throws IOException {
        if (!Files.isReadable(zip)) {
            throw new UnavailableException("ADFA-LD is not here: " + zip
                    + " is missing; KUBEGUARDIAN_ADFA_LD names adfa-ld.zip, and --traces takes other traces");
        }
        Words words = new Words(Set.of());
        Map<String, List<Behaviour>> parts = new HashMap<>();
        List<String> episodes = new ArrayList<>();
        Map<String, byte[]> files = new java.util.TreeMap<>();
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (!entry.isDirectory() && entry.getName().matches("(.*/)?(Training|Validation|Attack)_Data_Master/.*\\.txt")) {
                    files.put(entry.getName(), in.readNBytes(MOST_BYTES));
                }
            }
        }
        files.forEach((name, bytes) -> {
            String part = name.replaceFirst(".*?(Training|Validation|Attack)_Data_Master/.*", "$1");
            parts.computeIfAbsent(part, none -> new ArrayList<>()).add(words.trace(Path.of(name), bytes));
            if (part.equals("Attack")) {
                episodes.add(name.substring(0, name.lastIndexOf('/')));
            }
        });
        if (parts.size() != 3) {
            throw new UnavailableException(zip + ": lacks the folders of ADFA-LD (Training_, Validation_ and Attack_Data_Master)");
        }
        return new TraceFolders(parts.get("Training"), parts.get("Validation"), parts.get("Attack"), episodes);
    }

    /** Of the collector's own table, and i386's that x86-64 does not have. */
    private static Set<String> systemCalls() throws IOException {
        Set<String> names = new HashSet<>(ONLY_32_BIT);
        try (var in = CollectorMain.class
                .getResourceAsStream("/io/kubeguardian/collector/sensor/system-calls.txt")) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" ")[1]).forEach(names::add);
        }
        return names;
    }
}
