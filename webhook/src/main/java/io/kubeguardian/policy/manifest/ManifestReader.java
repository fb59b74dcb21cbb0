package io.kubeguardian.policy.manifest;

import io.kubeguardian.policy.Node;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads files of manifests: YAML of any number of documents, or JSON. A document that cannot be read does not keep the others
 * from being read. Not thread safe; an instance reads any number of files.
 */
public final class ManifestReader {
    /** The library makes some hundred bytes of every few characters. */
    private static final int MOST_IN_FULL = 8 * 1024 * 1024;

    private final SimpleYaml simple = new SimpleYaml();

    /**
     * One document.
     *
     * @param index counted from 1 among those of its file that are not empty, whether they can be read or not
     * @param line where it begins, counted from 1
     * @param start where the part of the file that holds it begins, in characters of its text with line feeds alone
     * @param end where that part ends
     */
    public record Document(int index, int line, Node root, int start, int end) {}

    /** What cannot be read. */
    public record Problem(int line, String message) {}

    /** Of one file, in its order. */
    public record Content(List<Document> documents, List<Problem> problems) {}

    /** Reads a file's bytes. */
    public Content read(byte[] bytes) {
        try {
            return read(decode(bytes));
        } catch (UnreadableException e) {
            return new Content(List.of(), List.of(new Problem(e.line(), e.getMessage())));
        }
    }

    /**
     * UTF-8 as text, without a byte order mark.
     *
     * @throws UnreadableException for anything else, and for text with NUL bytes
     */
    public static String decode(byte[] bytes) throws UnreadableException {
        int start = bytes.length >= 3 && bytes[0] == (byte) 0xEF && bytes[1] == (byte) 0xBB && bytes[2] == (byte) 0xBF ? 3 : 0;
        String text = ascii(bytes, start);
        if (text != null) {
            return text;
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes, start, bytes.length - start);
        CharBuffer out = CharBuffer.allocate(bytes.length - start + 1);
        CoderResult result = decoder.decode(in, out, true);
        try {
            if (result.isError()) {
                result.throwException();
            }
        } catch (CharacterCodingException e) {
            boolean utf16 = bytes.length > 1 && (bytes[0] == (byte) 0xFE && bytes[1] == (byte) 0xFF
                    || bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xFE);
            throw new UnreadableException(lineAt(bytes, in.position()),
                    "not UTF-8 text" + (utf16 ? " but UTF-16" : "") + "; save the file as UTF-8");
        }
        String decoded = out.flip().toString();
        int nul = decoded.indexOf('\0');
        if (nul >= 0) {
            throw new UnreadableException(lineOf(decoded, nul), "holds a NUL character: not text");
        }
        return decoded;
    }

    /** Null where there is more than ASCII, or a NUL. */
    @SuppressWarnings("deprecation")
    private static String ascii(byte[] bytes, int start) {
        for (int i = start; i < bytes.length; i++) {
            if (bytes[i] <= 0) {
                return null;
            }
        }
        return new String(bytes, 0, start, bytes.length - start); // every byte is a character of Latin-1
    }

    private static int lineAt(byte[] bytes, int position) {
        int line = 1;
        for (int i = 0; i < position; i++) {
            line += bytes[i] == '\n' ? 1 : 0;
        }
        return line;
    }

    private static int lineOf(String text, int position) {
        return 1 + (int) text.chars().limit(position).filter(c -> c == '\n').count();
    }

    /** Reads a file's text. */
    public Content read(String file) {
        String text = file.indexOf('\r') < 0 ? file : file.replace("\r\n", "\n");
        List<Document> documents = new ArrayList<>(1);
        List<Problem> problems = new ArrayList<>(0);
        boolean plainText = isPlainText(text);
        for (Part part : parts(text)) {
            try {
                Node node = plainText ? simple.read(text, part.start, part.end, part.line) : null;
                if (node != null) {
                    add(documents, node, part, problems.size());
                } else {
                    readFully(text, part, documents, problems.size());
                }
            } catch (UnreadableException e) {
                problems.add(new Problem(e.line(), e.getMessage()));
            }
        }
        return new Content(documents, problems);
    }

    private static void add(List<Document> documents, Node node, Part part, int unreadable) {
        if (node.isPresent()) {
            documents.add(new Document(documents.size() + unreadable + 1, node.line() > 0 ? node.line() : part.line, node, part.start,
                    part.end));
        }
    }

    private static void readFully(String text, Part part, List<Document> documents, int unreadable)
            throws UnreadableException {
        String document = text.substring(part.start, part.end);
        if (document.length() > MOST_IN_FULL) {
            throw new UnreadableException(part.line, "a document in an unusual style, of more than "
                    + MOST_IN_FULL / 1024 / 1024 + " MiB: more than Kubernetes takes");
        }
        if (looksLikeJson(document)) {
            try {
                JsonDocuments.read(document, part.line).forEach(node -> add(documents, node, part, unreadable));
                return;
            } catch (UnreadableException e) {
                // A flow mapping may still be YAML; what is wrong with JSON, Jackson says better.
                try {
                    add(documents, FullYaml.read(document, part.line), part, unreadable);
                    return;
                } catch (UnreadableException notYaml) {
                    throw e;
                }
            }
        }
        add(documents, FullYaml.read(document, part.line), part, unreadable);
    }

    private static boolean looksLikeJson(String document) {
        String start = document.stripLeading();
        return start.startsWith("{") || start.startsWith("[");
    }

    /** Whether there is nothing in it that YAML treats in a way of its own: control characters and foreign line breaks. */
    private static boolean isPlainText(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' ? c != '\n' && c != '\t' : c >= 0x7F && (c <= 0x9F || c == 0x2028 || c == 0x2029 || c == 0xFEFF
                    || c >= 0xFFFE || Character.isSurrogate(c))) {
                return false;
            }
        }
        return true;
    }

    /** @param line that of {@code start} */
    private record Part(int start, int end, int line) {}

    /**
     * Where documents begin and end. A line that begins with three dashes or dots and then a space or nothing parts documents
     * wherever it stands: YAML allows it inside of no scalar (YAML 1.2.2, c-forbidden).
     */
    private static List<Part> parts(String text) {
        List<Part> parts = new ArrayList<>(1);
        int start = 0;
        int line = 1;
        int counted = 0;
        int from = 0;
        while (true) {
            int marker = nextMarker(text, from);
            if (marker < 0) {
                break;
            }
            addPart(parts, text, start, marker, line);
            line += feeds(text, counted, marker);
            counted = marker;
            start = marker + 3;
            from = start;
        }
        addPart(parts, text, start, text.length(), line);
        return parts;
    }

    private static int feeds(String text, int from, int to) {
        int feeds = 0;
        for (int i = text.indexOf('\n', from); i >= 0 && i < to; i = text.indexOf('\n', i + 1)) {
            feeds++;
        }
        return feeds;
    }

    private static int nextMarker(String text, int from) {
        if (from == 0 && isMarker(text, 0)) {
            return 0;
        }
        for (int i = text.indexOf('\n', from); i >= 0; i = text.indexOf('\n', i + 1)) {
            if (isMarker(text, i + 1)) {
                return i + 1;
            }
        }
        return -1;
    }

    private static boolean isMarker(String text, int at) {
        if (!text.startsWith("---", at) && !text.startsWith("...", at)) {
            return false;
        }
        int behind = at + 3;
        return behind >= text.length() || " \n\t".indexOf(text.charAt(behind)) >= 0;
    }

    /** Leaves directives ({@code %YAML 1.2}) out. */
    private static void addPart(List<Part> parts, String text, int start, int end, int line) {
        int from = start;
        int at = line;
        while (from < end && text.charAt(from) == '%') {
            int feed = text.indexOf('\n', from);
            from = feed < 0 || feed >= end ? end : feed + 1;
            at++;
        }
        if (from < end) {
            parts.add(new Part(from, end, at));
        }
    }
}
