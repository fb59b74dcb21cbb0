package io.kubeguardian.rules.syntax;

import io.kubeguardian.rules.grammar.ConditionLexer;
import io.kubeguardian.rules.grammar.ConditionParser;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.Token;

/** Reads conditions. Safe for use by several threads. */
public final class ConditionSyntax {
    /** Longest condition, in characters; the longest of Falco's own are below 10,000. */
    public static final int MAX_LENGTH = 256 * 1024;

    /** Deepest nesting of parentheses; also keeps the parser's stack small. */
    public static final int MAX_DEPTH = 100;

    private ConditionSyntax() {}

    /** @throws SyntaxException at the first character or word that does not fit */
    public static Expression parse(ConditionText text) {
        if (text.text().length() > MAX_LENGTH) {
            throw new SyntaxException(text.at(0), "condition of " + text.text().length()
                    + " characters is too long; at most " + MAX_LENGTH + ": put values into lists");
        }
        return new ExpressionBuilder(text).build(parser(text).condition().disjunction());
    }

    /** Reads a field with or without transformers, as in an output or an exception. */
    public static Expression.Operand parseOperand(ConditionText text) {
        // "exists" gives the field the place in a condition that the grammar wants.
        ConditionText probe = text.append(ConditionText.inline("", "exists"));
        Expression expression = parse(probe);
        if (expression instanceof Expression.Exists exists) {
            return exists.operand();
        }
        throw new SyntaxException(text.at(0), "expected a field");
    }

    private static ConditionParser parser(ConditionText text) {
        SyntaxErrors errors = new SyntaxErrors(text);
        ConditionLexer lexer = new ConditionLexer(CharStreams.fromString(text.text()));
        lexer.removeErrorListeners();
        lexer.addErrorListener(errors);
        CommonTokenStream tokens = new CommonTokenStream(lexer);
        tokens.fill();
        checkDepth(tokens, text);
        ConditionParser parser = new ConditionParser(tokens);
        parser.removeErrorListeners();
        parser.addErrorListener(errors);
        return parser;
    }

    private static void checkDepth(CommonTokenStream tokens, ConditionText text) {
        int depth = 0;
        for (Token token : tokens.getTokens()) {
            switch (token.getType()) {
                case ConditionLexer.LPAREN, ConditionLexer.TRANSFORM, ConditionLexer.JOIN, ConditionLexer.VAL -> depth++;
                case ConditionLexer.RPAREN -> depth--;
                default -> { }
            }
            if (depth > MAX_DEPTH) {
                throw new SyntaxException(text.at(Math.max(0, token.getStartIndex())),
                        "parentheses nested deeper than " + MAX_DEPTH + "; put parts into macros");
            }
        }
    }
}
