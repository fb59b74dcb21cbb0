package io.kubeguardian.rules.syntax;

import io.kubeguardian.rules.grammar.ConditionLexer;
import io.kubeguardian.rules.grammar.ConditionParser;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.BaseErrorListener;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Recognizer;
import org.antlr.v4.runtime.Token;

/** Turns ANTLR's first complaint into ours: where, what, and what was expected. */
final class SyntaxErrors extends BaseErrorListener {
    private static final String OPERATORS =
            "an operator (= != < <= > >= in intersects pmatch contains icontains bcontains startswith bstartswith "
                    + "endswith glob iglob regex exists)";

    private final ConditionText text;

    SyntaxErrors(ConditionText text) {
        this.text = text;
    }

    @Override
    public void syntaxError(Recognizer<?, ?> recognizer, Object symbol, int line, int column, String message,
            RecognitionException cause) {
        if (recognizer instanceof ConditionLexer lexer) {
            throw atCharacter(lexer);
        }
        Token token = (Token) symbol;
        String found = token.getType() == Token.EOF ? "end of the condition" : "'" + token.getText() + "'";
        int offset = token.getType() == Token.EOF
                ? text.text().codePointCount(0, text.text().length())
                : token.getStartIndex();
        throw new SyntaxException(text.at(offset), "unexpected " + found + "; expected " + expected((Parser) recognizer));
    }

    private SyntaxException atCharacter(ConditionLexer lexer) {
        int offset = lexer._tokenStartCharIndex;
        String rest = text.text().substring(text.text().offsetByCodePoints(0, offset));
        int end = 0;
        while (end < rest.length() && end < 20 && !Character.isWhitespace(rest.charAt(end))) {
            end++;
        }
        String found = rest.isEmpty() ? "end of the condition" : "'" + rest.substring(0, Math.max(1, end)) + "'";
        String expected = switch (lexer._mode) {
            case ConditionLexer.OPERATOR -> OPERATORS;
            case ConditionLexer.NUMBER_VALUE -> "a number";
            case ConditionLexer.STRING_VALUE -> "a value (a closed quoted string, or a word without blanks ( ) , = quotes)";
            case ConditionLexer.LIST_VALUE -> "a list in parentheses, or the name of a list";
            case ConditionLexer.LIST_ITEMS -> "a value, ',' or ')'";
            case ConditionLexer.ARGUMENT -> "a field, as in toupper(proc.name)";
            default -> "a field (class.name), the name of a macro, and, or, not, ( or )";
        };
        return new SyntaxException(text.at(offset), "unexpected " + found + "; expected " + expected);
    }

    private static String expected(Parser parser) {
        List<String> words = new ArrayList<>();
        for (int type : parser.getExpectedTokens().toList()) {
            String word = word(type);
            if (!words.contains(word)) {
                words.add(word);
            }
        }
        if (words.contains(OPERATORS)) {
            return OPERATORS;
        }
        return String.join(", ", words);
    }

    private static String word(int type) {
        return switch (type) {
            case Token.EOF -> "the end of the condition";
            case ConditionParser.LPAREN -> "'('";
            case ConditionParser.RPAREN -> "')'";
            case ConditionParser.COMMA -> "','";
            case ConditionParser.FIELD -> "a field (class.name)";
            case ConditionParser.IDENTIFIER -> "a name";
            case ConditionParser.QUOTED, ConditionParser.BARE -> "a value";
            case ConditionParser.NUMBER -> "a number";
            case ConditionParser.TRANSFORM, ConditionParser.JOIN, ConditionParser.VAL -> "a transformer";
            case ConditionParser.AND -> "and";
            case ConditionParser.OR -> "or";
            case ConditionParser.NOT -> "not";
            case ConditionParser.QUANTIFIER -> "anyof, oneof or allof";
            default -> OPERATORS;
        };
    }
}
