package io.kubeguardian.rules.field;

/** open(2) flags, x86-64 values (include/uapi/asm-generic/fcntl.h), written as Falco writes them. */
final class OpenFlags {
    static final int ACCESS_MODE = 3;
    static final int WRONLY = 1;
    static final int RDWR = 2;
    static final int CREAT = 0100;
    static final int TRUNC = 01000;
    static final int DIRECTORY = 0200000;
    private static final int SYNC = 04010000;
    private static final int DSYNC = 010000;
    private static final int TMPFILE = 020000000 | DIRECTORY;

    private OpenFlags() {}

    static boolean reads(int flags) {
        int access = flags & ACCESS_MODE;
        return access == 0 || access == RDWR;
    }

    static boolean writes(int flags) {
        int access = flags & ACCESS_MODE;
        return access == WRONLY || access == RDWR;
    }

    static boolean creates(int flags) {
        return (flags & CREAT) != 0 || (flags & TMPFILE) == TMPFILE;
    }

    static String text(int flags) {
        StringBuilder text = new StringBuilder(64);
        add(text, flags, 0100000, "O_LARGEFILE");
        add(text, flags, DIRECTORY, "O_DIRECTORY");
        add(text, flags, 040000, "O_DIRECT");
        add(text, flags, TRUNC, "O_TRUNC");
        add(text, flags, SYNC, "O_SYNC");
        add(text, flags, 04000, "O_NONBLOCK");
        add(text, flags, 0200, "O_EXCL");
        add(text, flags, DSYNC, "O_DSYNC");
        add(text, flags, 02000, "O_APPEND");
        add(text, flags, CREAT, "O_CREAT");
        text.append(text.isEmpty() ? "" : "|");
        text.append(switch (flags & ACCESS_MODE) {
            case WRONLY -> "O_WRONLY";
            case RDWR -> "O_RDWR";
            default -> "O_RDONLY";
        });
        add(text, flags, 02000000, "O_CLOEXEC");
        add(text, flags, TMPFILE, "O_TMPFILE");
        return text.toString();
    }

    /** Mode bits as Falco writes them: S_IRUSR|S_IWUSR|…; 0 when none is set. */
    static String modeText(int mode) {
        String[] names = {"S_IXOTH", "S_IWOTH", "S_IROTH", "S_IXGRP", "S_IWGRP", "S_IRGRP", "S_IXUSR", "S_IWUSR",
            "S_IRUSR", "S_ISVTX", "S_ISGID", "S_ISUID"};
        StringBuilder text = new StringBuilder();
        for (int bit = 0; bit < names.length; bit++) {
            add(text, mode, 1 << bit, names[bit]);
        }
        return text.isEmpty() ? "0" : text.toString();
    }

    private static void add(StringBuilder text, int flags, int bits, String name) {
        if ((flags & bits) == bits) {
            text.append(text.isEmpty() ? "" : "|").append(name);
        }
    }
}
