package io.kubeguardian.ingest.tetragon;

import io.kubeguardian.ingest.MalformedLineException;
import io.kubeguardian.ingest.json.Bounds;
import io.kubeguardian.ingest.json.Fields;
import io.kubeguardian.schema.EventBits;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Tetragon's events of processes themselves. Each method returns what to add to the event's name: nothing. */
final class ProcessEvents {
    private static final int MOST_VARIABLES = 128;
    private static final int LONGEST_VARIABLE = 1024;
    private static final int MOST_ANSWERS = 64;
    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_ANSWER = 256;
    /** Tetragon shifts the exit code down; what is not there cannot be shifted up again. */
    private static final int MOST_STATUS = 0x7f_ffff;

    private ProcessEvents() {}

    /** @param actor the event's process, of which the identity is taken already */
    static String exec(Scene scene, Fields actor) throws MalformedLineException {
        long[] capabilities = capabilities(actor.object("cap"));
        int egid = -1;
        Fields credentials = actor.object("process_credentials");
        if (credentials != null) {
            egid = (int) credentials.number("egid", -1, -1, 0xffff_ffffL);
            credentials.drop("euid"); // is process.uid
        }
        Fields properties = actor.object("binary_properties");
        Fields file = properties == null ? null : properties.object("file");
        Fields inode = file == null ? null : file.object("inode");
        long number = inode == null ? 0 : inode.unsigned("number");
        boolean unlinked = inode != null && inode.has("links") && inode.number("links", 1, 0, 0xffff_ffffL) == 0;
        int effectiveGid = egid;
        scene.writer().exec(unlinked && fromMemory(scene.process().binary()) ? EventBits.EXEC_MEMFD : 0,
                environment(actor), exec -> exec
                        .setEffectiveUid(scene.process().effectiveUid())
                        .setEffectiveGid(effectiveGid)
                        .setCapPermitted(capabilities[0])
                        .setCapEffective(capabilities[1])
                        .setCapInheritable(capabilities[2])
                        .setExeInode(number));
        return "";
    }

    /** A file without a name is a memfd, shared memory, or deleted; the path that it was run by tells which. */
    private static boolean fromMemory(String binary) {
        return binary.startsWith("memfd:") || binary.startsWith("/memfd:") || binary.startsWith("/proc/self/fd/")
                || binary.startsWith("/dev/fd/") || binary.startsWith("/dev/shm/");
    }

    /** Permitted, effective, inheritable. */
    private static long[] capabilities(Fields sets) throws MalformedLineException {
        return sets == null ? new long[3] : new long[] {Names.capabilities(sets.texts("permitted")),
            Names.capabilities(sets.texts("effective")), Names.capabilities(sets.texts("inheritable"))};
    }

    private static List<String> environment(Fields actor) throws MalformedLineException {
        List<String> environment = new ArrayList<>();
        for (Fields variable : actor.objects("environment_variables")) {
            String text = variable.text("key") + '=' + variable.text("value");
            if (environment.size() < MOST_VARIABLES) {
                environment.add(Bounds.cut(text, LONGEST_VARIABLE));
            }
        }
        return environment;
    }

    static String exit(Scene scene, Fields event) throws MalformedLineException {
        int signal = Names.signal(event.text("signal"));
        int code = (int) event.number("status", 0, 0, MOST_STATUS);
        event.drop("time");
        scene.writer().exit(code << 8 | signal);
        return "";
    }

    /** A library, or a program, mapped to be run: told as the open that it needs. */
    static String load(Scene scene, Fields event) throws MalformedLineException {
        scene.writer().open(FilePath.resolved(event.text("path"), "", false), 0, 0, 0);
        return "";
    }

    static String dns(Scene scene, Fields event) throws MalformedLineException {
        Fields dns = event.object("dns");
        if (dns == null) {
            return "";
        }
        List<String> names = dns.texts("names");
        String query = dns.text("query");
        String name = !query.isEmpty() ? query : names.isEmpty() ? "" : names.get(0);
        name = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        List<Long> types = dns.numbers("question_types");
        List<String> answers = new ArrayList<>();
        for (String answer : dns.texts("ips")) {
            if (answers.size() < MOST_ANSWERS) {
                answers.add(Bounds.cut(answer, LONGEST_ANSWER));
            }
        }
        dns.drop("answer_types");
        scene.writer().dns(dns.flag("response"), (int) dns.number("rcode", 0, 0, 4095),
                Bounds.cut(name.toLowerCase(Locale.ROOT), LONGEST_NAME),
                types.isEmpty() ? 0 : (int) Math.min(types.get(0), 65_535), answers);
        return "";
    }
}
