package io.kubeguardian.rules.syntax;

import java.util.ArrayList;
import java.util.List;

/**
 * The text of a condition, possibly put together from several files by appending, that knows where each part came
 * from. Offsets count code points, as ANTLR and SnakeYAML do.
 */
public final class ConditionText {
    /** Says where a character of one piece of text stands. */
    @FunctionalInterface
    public interface Origin {
        Location locate(int offset);
    }

    private record Piece(int start, Origin origin) {}

    private final String text;
    private final List<Piece> pieces;

    private ConditionText(String text, List<Piece> pieces) {
        this.text = text;
        this.pieces = pieces;
    }

    public static ConditionText of(String text, Origin origin) {
        return new ConditionText(text, List.of(new Piece(0, origin)));
    }

    /** A condition that stands in no file, as on a command line; lines and columns count within the text. */
    public static ConditionText inline(String name, String text) {
        return of(text, offset -> {
            int line = 1;
            int lineStart = 0;
            for (int i = 0; i < offset && i < text.length(); i++) {
                if (text.charAt(i) == '\n') {
                    line++;
                    lineStart = i + 1;
                }
            }
            return new Location(name, line, offset - lineStart + 1);
        });
    }

    /** Falco's append: the other text follows after a blank. */
    public ConditionText append(ConditionText other) {
        List<Piece> joined = new ArrayList<>(pieces);
        int shift = text.codePointCount(0, text.length()) + 1;
        for (Piece piece : other.pieces) {
            joined.add(new Piece(piece.start + shift, piece.origin));
        }
        return new ConditionText(text + " " + other.text, joined);
    }

    public String text() {
        return text;
    }

    public Place at(int offset) {
        return new Place(this, offset);
    }

    Location locate(int offset) {
        Piece found = pieces.get(0);
        for (Piece piece : pieces) {
            if (piece.start <= offset) {
                found = piece;
            }
        }
        return found.origin.locate(offset - found.start);
    }
}
