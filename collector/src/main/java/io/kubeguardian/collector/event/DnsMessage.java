package io.kubeguardian.collector.event;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * What a DNS message asks and answers (RFC 1035, section 4). Trusts nothing: a message that is not well formed gives what
 * stands before the fault, and is not {@link #readable}.
 *
 * @param name of the first question, lower case, without the final dot ("." for the root); empty without a question
 * @param type of the first question
 * @param answers data of the answer section's records in their order, as a zone file writes it (RFC 1035, section 5.1;
 *     types of which the form is not known here as in RFC 3597, section 5)
 * @param truncated by its sender (TC), or not here to its end
 */
record DnsMessage(
        int id, boolean response, int responseCode, String name, int type, List<String> answers, boolean truncated,
        boolean readable) {
    private static final int HEADER_BYTES = 12;
    private static final int LONGEST_NAME = 255;
    private static final int POINTER = 0xc0;
    private static final int A = 1;
    private static final int NS = 2;
    private static final int CNAME = 5;
    private static final int PTR = 12;
    private static final int MX = 15;
    private static final int TXT = 16;
    private static final int AAAA = 28;
    private static final int SRV = 33;
    private static final int DNAME = 39;

    /** A name or record that ends beyond the message. */
    private static final class Cut extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Cut() {
            super(null, null, false, false);
        }
    }

    /** What no message may hold. */
    private static final class Malformed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Malformed() {
            super(null, null, false, false);
        }
    }

    /** @param complete whether the bytes are the whole message */
    static DnsMessage parse(byte[] bytes, boolean complete) {
        return new Parser(bytes).parse(complete);
    }

    private static final class Parser {
        private final byte[] bytes;
        private int at;
        private String name = "";
        private int type;
        private final List<String> answers = new ArrayList<>();

        Parser(byte[] bytes) {
            this.bytes = bytes;
        }

        DnsMessage parse(boolean complete) {
            if (bytes.length < HEADER_BYTES) {
                return new DnsMessage(0, false, 0, "", 0, List.of(), !complete, !complete);
            }
            int id = u16();
            int bits = u16();
            int questions = u16();
            int records = u16();
            at = HEADER_BYTES;
            boolean cut = false;
            boolean readable = true;
            try {
                questions(questions);
                records(records);
            } catch (Cut e) {
                cut = !complete;
                readable = cut;
            } catch (Malformed e) {
                readable = false;
            }
            return new DnsMessage(id, (bits & 0x8000) != 0, bits & 0xf, name, type, answers, cut || (bits & 0x200) != 0
                    || !complete, readable);
        }

        private void questions(int count) {
            for (int i = 0; i < count; i++) {
                String question = name();
                int questionType = u16();
                skip(2); // class
                if (i == 0) {
                    name = question;
                    type = questionType;
                }
            }
        }

        private void records(int count) {
            for (int i = 0; i < count; i++) {
                name();
                int recordType = u16();
                skip(6); // class, time to live
                int length = u16();
                int end = at + length;
                if (end > bytes.length) {
                    throw new Cut();
                }
                String data = data(recordType, end);
                if (at != end) {
                    throw new Malformed();
                }
                answers.add(data);
            }
        }

        private String data(int recordType, int end) {
            int length = end - at;
            return switch (recordType) {
                case A -> address(4, length);
                case AAAA -> address(16, length);
                case NS, CNAME, PTR, DNAME -> name();
                case MX -> u16() + " " + name();
                case SRV -> u16() + " " + u16() + " " + u16() + " " + name();
                case TXT -> texts(end);
                default -> "\\# " + length + (length == 0 ? "" : " " + HexFormat.of().formatHex(raw(length)));
            };
        }

        private String address(int length, int given) {
            if (given != length) {
                throw new Malformed();
            }
            return KernelText.ipAddress(raw(length));
        }

        private String texts(int end) {
            StringBuilder text = new StringBuilder();
            while (at < end) {
                int length = u8();
                if (length > end - at) {
                    throw new Malformed();
                }
                text.append(text.isEmpty() ? "\"" : " \"");
                for (int i = 0; i < length; i++) {
                    escape(text, u8(), "\"");
                }
                text.append('"');
            }
            return text.toString();
        }

        /**
         * A name, its compression pointers followed. Each must lead to before all that was read of the name so far, so
         * following them comes to an end.
         */
        private String name() {
            StringBuilder text = new StringBuilder();
            int wire = 1; // the final root label
            int limit = at;
            int back = -1;
            while (true) {
                int length = u8();
                if ((length & POINTER) == POINTER) {
                    int target = (length & ~POINTER) << 8 | u8();
                    if (back < 0) {
                        back = at;
                    }
                    if (target >= limit || target < HEADER_BYTES) {
                        throw new Malformed();
                    }
                    limit = target;
                    at = target;
                    continue;
                }
                if (length == 0) {
                    break;
                }
                wire += length + 1;
                if (length > 63 || wire > LONGEST_NAME) {
                    throw new Malformed();
                }
                if (!text.isEmpty()) {
                    text.append('.');
                }
                for (int i = 0; i < length; i++) {
                    int c = u8();
                    escape(text, c >= 'A' && c <= 'Z' ? c + 32 : c, ".");
                }
            }
            if (back >= 0) {
                at = back;
            }
            return text.isEmpty() ? "." : text.toString();
        }

        private static void escape(StringBuilder text, int c, String special) {
            if (c == '\\' || special.indexOf(c) >= 0) {
                text.append('\\').append((char) c);
            } else if (c < ' ' || c > '~') {
                text.append('\\').append((char) ('0' + c / 100)).append((char) ('0' + c / 10 % 10))
                        .append((char) ('0' + c % 10));
            } else {
                text.append((char) c);
            }
        }

        private int u8() {
            if (at >= bytes.length) {
                throw new Cut();
            }
            return bytes[at++] & 0xff;
        }

        private int u16() {
            return u8() << 8 | u8();
        }

        private void skip(int count) {
            if (count > bytes.length - at) {
                throw new Cut();
            }
            at += count;
        }

        private byte[] raw(int length) {
            int from = at;
            skip(length);
            return Arrays.copyOfRange(bytes, from, at);
        }
    }
}
