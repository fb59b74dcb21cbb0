package io.kubeguardian.baseline.observe;

/**
 * The shape of a path, a name or an argument: what differs from run to run (process ids, times, hashes, UUIDs, temporary
 * names) becomes a placeholder, so that the same behaviour is the same item. Works in a buffer of its own and makes no
 * string unless asked to: most shapes are only looked up. Used by one thread.
 *
 * <pre>
 *   &lt;n&gt;     digits: a number of three digits or more; any in a name that begins with a digit or has three numbers
 *   &lt;uuid&gt;  8-4-4-4-12 hexadecimal digits
 *   &lt;hex&gt;   twelve or more hexadecimal digits with a digit and a letter among them
 *   &lt;id&gt;    a token that changes between letters and digits three times or more (a pod's suffix, a key)
 *   &lt;tmp&gt;   below a directory for temporary files: a token of six or more that changes between lower case, upper
 *           case and digits twice or more, or what follows tmp
 *   /**     everything below the eighth directory
 * </pre>
 */
public final class Shape {
    static final int MAX_CHARS = 512;
    static final int MAX_DEPTH = 8;

    private static final int LOWER = 1;
    private static final int UPPER = 2;
    private static final int DIGIT = 3;
    private static final String[] TEMPORARY = {"/tmp/", "/var/tmp/", "/dev/shm/", "/run/", "/var/run/", "/var/cache/"};
    /** Of these, with a name behind it. */
    private static final int SHORTEST = 6;

    private final char[] out = new char[MAX_CHARS + 16];
    /** What the shape is made of. */
    private final char[] in = new char[MAX_CHARS];
    private int length;
    private String text;

    /** Begins with the shape of a path. @param path absolute; what is longer than {@value #MAX_CHARS} is cut */
    public Shape path(String path) {
        int end = start(path);
        boolean temporary = isTemporary(path);
        int from = 0;
        int depth = 0;
        while (from < end) {
            if (in[from] == '/') {
                put('/');
                from++;
                if (++depth > MAX_DEPTH && from < end) {
                    put('*');
                    put('*');
                    return this;
                }
                continue;
            }
            from = segment(from, end, '/', temporary);
        }
        return this;
    }

    /** Begins with the shape of one name: of a DNS label, or an argument's word. */
    public Shape name(String name) {
        int end = start(name);
        int from = 0;
        while (from < end) {
            from = segment(from, end, '\0', false);
        }
        return this;
    }

    /** Begins with the shape of a DNS name: lower case, without its last dot. */
    public Shape domain(String name) {
        int end = start(name);
        if (end > 0 && in[end - 1] == '.') {
            end--;
        }
        int from = 0;
        while (from < end) {
            int to = segment(from, end, '.', false);
            if (to < end) {
                put('.');
            }
            from = to + 1;
        }
        for (int i = 0; i < length; i++) {
            out[i] = Character.toLowerCase(out[i]);
        }
        return this;
    }

    private static boolean isTemporary(String path) {
        if (path.length() < SHORTEST || "tvdr".indexOf(path.charAt(1)) < 0) {
            return false; // most paths are of other places
        }
        for (String folder : TEMPORARY) {
            if (path.startsWith(folder)) {
                return true;
            }
        }
        return false;
    }

    /** @return how many characters there are, cut */
    private int start(String of) {
        length = 0;
        text = null;
        int end = Math.min(of.length(), MAX_CHARS);
        of.getChars(0, end, in, 0);
        return end;
    }

    private void put(char c) {
        if (length < MAX_CHARS) {
            out[length++] = c;
        }
    }

    private void put(String s) {
        for (int i = 0; i < s.length(); i++) {
            put(s.charAt(i));
        }
    }

    /** Up to the next separator. @return where that is, or the end */
    private int segment(int from, int end, char separator, boolean temporary) {
        int numbers = 0;
        boolean inNumber = false;
        int to = from;
        for (; to < end && in[to] != separator; to++) {
            boolean digit = isDigit(in[to]);
            if (digit && !inNumber) {
                numbers++;
            }
            inNumber = digit;
        }
        if (numbers == 0 && !temporary) {
            int size = Math.min(to - from, MAX_CHARS - length);
            System.arraycopy(in, from, out, length, size);
            length += size;
            return to;
        }
        if (isUuid(from, to)) {
            put("<uuid>");
            return to;
        }
        boolean allNumbers = numbers >= 3 || from < to && isDigit(in[from]);
        for (int i = from; i < to; ) {
            if (!isWord(in[i])) {
                put(in[i++]);
                continue;
            }
            int last = i + 1;
            while (last < to && isWord(in[last])) {
                last++;
            }
            token(i, last, allNumbers, temporary);
            i = last;
        }
        return to;
    }

    /** Letters and digits without anything between them. */
    private void token(int from, int to, boolean allNumbers, boolean temporary) {
        int size = to - from;
        int changes = 0;
        int cases = 0;
        boolean hex = true;
        boolean digits = false;
        boolean letters = false;
        int last = 0;
        for (int i = from; i < to; i++) {
            char c = in[i];
            int type = isDigit(c) ? DIGIT : c >= 'A' && c <= 'Z' ? UPPER : LOWER;
            digits |= type == DIGIT;
            letters |= type != DIGIT;
            hex &= Character.digit(c, 16) >= 0;
            if (last != 0 && type != last) {
                cases++;
                if (type == DIGIT || last == DIGIT) {
                    changes++;
                }
            }
            last = type;
        }
        if (hex && digits && letters && size >= 12) {
            put("<hex>");
        } else if (size >= 5 && changes >= 3) {
            put("<id>");
        } else if (temporary && letters && size >= 6 && cases >= 2) {
            put("<tmp>");
        } else if (temporary && size >= 9 && in[from] == 't' && in[from + 1] == 'm' && in[from + 2] == 'p') {
            put("tmp<tmp>");
        } else {
            numbers(from, to, allNumbers);
        }
    }

    private void numbers(int from, int to, boolean all) {
        int i = from;
        while (i < to) {
            int end = i;
            while (end < to && isDigit(in[end])) {
                end++;
            }
            if (end - i >= (all ? 1 : 3)) {
                put("<n>");
                i = end;
            } else if (end > i) {
                while (i < end) {
                    put(in[i++]);
                }
            } else {
                put(in[i++]);
            }
        }
    }

    private boolean isUuid(int from, int to) {
        if (to - from != 36) {
            return false;
        }
        for (int i = 0; i < 36; i++) {
            char c = in[from + i];
            boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
            if (dash ? c != '-' : Character.digit(c, 16) < 0) {
                return false;
            }
        }
        return true;
    }

    /** By the key of {@code hash}. */
    long hash(KeyedHash hash) {
        return hash.of(out, length);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isWord(char c) {
        return isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    @Override
    public String toString() {
        if (text == null) {
            text = new String(out, 0, length);
        }
        return text;
    }
}
