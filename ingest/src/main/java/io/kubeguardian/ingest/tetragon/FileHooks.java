package io.kubeguardian.ingest.tetragon;

/** System calls that change the tree of files. Signatures: the calls' own, man pages section 2. */
final class FileHooks {
    private FileHooks() {}

    /** False when no path was recorded. */
    static boolean change(KernelHooks.Hit hit) {
        HookArguments arguments = hit.arguments();
        String directory = hit.writer().workingDirectory();
        FilePath first = arguments.path(0, directory);
        FilePath second = FilePath.NONE;
        int[] modeOwnerGroup = {0, -1, -1};
        int flags = 0;
        switch (hit.name()) {
            case "rename", "renameat", "renameat2", "link", "linkat" -> {
                second = arguments.path(1, directory);
                flags = arguments.integerAfter(1, 0, 0);
            }
            case "symlink", "symlinkat" -> { // what the link says comes first, and stays as it is
                second = first.path().isEmpty() ? first : new FilePath(arguments.texts().get(0), "", 0, 0);
                first = arguments.path(1, directory);
            }
            case "mkdir", "mkdirat", "mknod", "mknodat", "chmod", "fchmodat", "fchmodat2" -> {
                modeOwnerGroup[0] = arguments.integerAfter(0, 0, 0);
                flags = arguments.integerAfter(0, 1, 0);
            }
            case "fchmod" -> modeOwnerGroup[0] = arguments.integerAfter(0, 0, 0);
            case "chown", "lchown", "fchown", "fchownat" -> {
                modeOwnerGroup[1] = arguments.integerAfter(0, 0, -1);
                modeOwnerGroup[2] = arguments.integerAfter(0, 1, -1);
                flags = arguments.integerAfter(0, 2, 0);
            }
            case "truncate", "ftruncate" -> { } // the length has no place
            default -> flags = arguments.integerAfter(0, 0, 0); // unlink, unlinkat, rmdir
        }
        if (first.path().isEmpty()) {
            return false;
        }
        hit.writer().fileChange(hit.name(), first, second, modeOwnerGroup, flags, hit.status());
        return true;
    }
}
