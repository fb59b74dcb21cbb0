package io.kubeguardian.rules.syntax;

import io.kubeguardian.rules.grammar.ConditionParser;
import io.kubeguardian.rules.grammar.ConditionParser.CheckContext;
import io.kubeguardian.rules.grammar.ConditionParser.ComparisonContext;
import io.kubeguardian.rules.grammar.ConditionParser.ConjunctionContext;
import io.kubeguardian.rules.grammar.ConditionParser.DisjunctionContext;
import io.kubeguardian.rules.grammar.ConditionParser.ExistsContext;
import io.kubeguardian.rules.grammar.ConditionParser.FieldValueContext;
import io.kubeguardian.rules.grammar.ConditionParser.GroupContext;
import io.kubeguardian.rules.grammar.ConditionParser.JoinContext;
import io.kubeguardian.rules.grammar.ConditionParser.JoinItemContext;
import io.kubeguardian.rules.grammar.ConditionParser.ListCheckContext;
import io.kubeguardian.rules.grammar.ConditionParser.ListContext;
import io.kubeguardian.rules.grammar.ConditionParser.MacroContext;
import io.kubeguardian.rules.grammar.ConditionParser.NegationContext;
import io.kubeguardian.rules.grammar.ConditionParser.NumberCheckContext;
import io.kubeguardian.rules.grammar.ConditionParser.OperandContext;
import io.kubeguardian.rules.grammar.ConditionParser.PrimaryContext;
import io.kubeguardian.rules.grammar.ConditionParser.StringCheckContext;
import io.kubeguardian.rules.grammar.ConditionParser.StringContext;
import io.kubeguardian.rules.grammar.ConditionParser.TransformContext;
import io.kubeguardian.rules.grammar.ConditionParser.TransformedContext;
import io.kubeguardian.rules.syntax.Expression.Operand;
import io.kubeguardian.rules.syntax.Expression.Quantifier;
import io.kubeguardian.rules.syntax.Expression.Right;
import io.kubeguardian.rules.syntax.Expression.Value;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.Token;

/** From ANTLR's parse tree to an {@link Expression}. */
final class ExpressionBuilder {
    private final ConditionText text;

    ExpressionBuilder(ConditionText text) {
        this.text = text;
    }

    Expression build(DisjunctionContext context) {
        List<Expression> parts = new ArrayList<>();
        for (ConjunctionContext part : context.conjunction()) {
            parts.add(conjunction(part));
        }
        return parts.size() == 1 ? parts.get(0) : new Expression.Or(List.copyOf(parts));
    }

    private Expression conjunction(ConjunctionContext context) {
        List<Expression> parts = new ArrayList<>();
        for (NegationContext part : context.negation()) {
            Expression primary = primary(part.primary());
            parts.add(part.NOT().size() % 2 == 0 ? primary : new Expression.Not(primary));
        }
        return parts.size() == 1 ? parts.get(0) : new Expression.And(List.copyOf(parts));
    }

    private Expression primary(PrimaryContext context) {
        if (context instanceof GroupContext group) {
            return build(group.disjunction());
        }
        if (context instanceof MacroContext macro) {
            return new Expression.Macro(macro.getText(), at(macro.getStart()));
        }
        return check(((ComparisonContext) context).check());
    }

    private Expression check(CheckContext context) {
        Place at = at(context.getStart());
        if (context instanceof ExistsContext exists) {
            return new Expression.Exists(operand(exists.operand()), at);
        }
        if (context instanceof NumberCheckContext check) {
            Right right = check.NUMBER() == null
                    ? new Right.Field(fieldValue(check.fieldValue()))
                    : new Right.Values(List.of(new Value(check.NUMBER().getText(), true, at(check.NUMBER().getSymbol()))));
            return new Expression.Compare(operand(check.operand()), Operator.of(check.NUMBER_OPERATOR().getText()),
                    Quantifier.ONE_VALUE, right, at);
        }
        if (context instanceof ListCheckContext check) {
            Right right = check.list() == null
                    ? new Right.Field(fieldValue(check.fieldValue()))
                    : new Right.Values(list(check.list()));
            return new Expression.Compare(operand(check.operand()), Operator.of(check.LIST_OPERATOR().getText()),
                    Quantifier.ONE_VALUE, right, at);
        }
        return stringCheck((StringCheckContext) context, at);
    }

    private Expression stringCheck(StringCheckContext check, Place at) {
        Operator operator = Operator.of(
                (check.EQUALITY_OPERATOR() == null ? check.WORD_OPERATOR() : check.EQUALITY_OPERATOR()).getText());
        Operand left = operand(check.operand());
        if (check.QUANTIFIER() != null) {
            Quantifier quantifier = switch (check.QUANTIFIER().getText().strip()) {
                case "anyof" -> Quantifier.ANY_OF;
                case "oneof" -> Quantifier.ONE_OF;
                default -> Quantifier.ALL_OF;
            };
            return new Expression.Compare(left, operator, quantifier, new Right.Values(list(check.list())), at);
        }
        Right right = check.string() == null
                ? new Right.Field(fieldValue(check.fieldValue()))
                : new Right.Values(List.of(value(check.string())));
        return new Expression.Compare(left, operator, Quantifier.ONE_VALUE, right, at);
    }

    private List<Value> list(ListContext context) {
        if (context.IDENTIFIER() != null) {
            return List.of(new Value(context.IDENTIFIER().getText(), false, at(context.getStart())));
        }
        List<Value> values = new ArrayList<>();
        for (StringContext string : context.string()) {
            values.add(value(string));
        }
        return List.copyOf(values);
    }

    private Value value(StringContext context) {
        Place at = at(context.getStart());
        return context.BARE() == null
                ? new Value(QuotedText.unquote(context.getText(), at), true, at)
                : new Value(context.getText(), false, at);
    }

    private Operand fieldValue(FieldValueContext context) {
        return context.FIELD() == null ? transformed(context.transformed()) : field(context.FIELD().getSymbol());
    }

    private Operand operand(OperandContext context) {
        return context.FIELD() == null ? transformed(context.transformed()) : field(context.FIELD().getSymbol());
    }

    private Operand transformed(TransformedContext context) {
        Place at = at(context.getStart());
        if (context instanceof TransformContext transform) {
            String name = transform.TRANSFORM().getText();
            return new Operand.Transformed(name.substring(0, name.length() - 1), operand(transform.operand()), at);
        }
        JoinContext join = (JoinContext) context;
        List<Operand> parts = new ArrayList<>();
        for (JoinItemContext item : join.joinItem()) {
            parts.add(item.QUOTED() == null
                    ? operand(item.operand())
                    : new Operand.Literal(QuotedText.unquote(item.QUOTED().getText(), at(item.getStart()))));
        }
        return new Operand.Joined(QuotedText.unquote(join.QUOTED().getText(), at(join.QUOTED().getSymbol())),
                List.copyOf(parts), at);
    }

    private Operand field(Token token) {
        String whole = token.getText();
        int bracket = whole.indexOf('[');
        if (bracket < 0) {
            return new Operand.Field(whole, null, at(token));
        }
        String argument = whole.substring(bracket + 1, whole.length() - 1);
        char first = argument.charAt(0);
        if (first == '"' || first == '\'') {
            argument = QuotedText.unquote(argument, text.at(token.getStartIndex() + bracket + 1));
        }
        return new Operand.Field(whole.substring(0, bracket), argument, at(token));
    }

    private Place at(Token token) {
        return text.at(token.getStartIndex());
    }
}
