/*
 * Words of a rule condition, as Falco reads them. What a word means depends on where it stands (`in` is an operator
 * after a field, and a plain string after `=`), so each place is a mode of its own:
 *
 *   default ──field──► OPERATOR ──► NUMBER_VALUE | STRING_VALUE | LIST_VALUE ──► default
 *           ──name(──► ARGUMENT, and on its closing parenthesis OPERATOR
 *
 * Language reference: https://falco.org/docs/concepts/rules/conditions/
 */
lexer grammar ConditionLexer;

tokens { LPAREN, RPAREN, COMMA, FIELD, IDENTIFIER, QUOTED, BARE, NUMBER, TRANSFORM, JOIN, VAL }

@members {
    private static boolean isBlank(int c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\b';
    }

    /** Operators that are words end where a blank begins: `startswithvalue` is none. */
    private boolean blankAhead() {
        return isBlank(_input.LA(1));
    }

    /** `anyof` before a list is a quantifier; before `and`, `or`, `)` or the end it is a plain string. */
    private boolean listAhead() {
        int i = 1;
        while (isBlank(_input.LA(i))) {
            i++;
        }
        if (i == 1) {
            return false;
        }
        if (_input.LA(i) == '(') {
            return true;
        }
        StringBuilder word = new StringBuilder();
        for (int c = _input.LA(i); c > 0 && (Character.isLetterOrDigit(c) || c == '_'); c = _input.LA(++i)) {
            word.append((char) c);
        }
        return !word.isEmpty() && !word.toString().equals("and") && !word.toString().equals("or");
    }
}

fragment BLANK: [ \t\n\r\b];
fragment NAME: [a-zA-Z] [a-zA-Z0-9_]*;
// A quote ends the string unless a backslash stands right before it.
fragment DOUBLE_QUOTED: '"' (~["\\] | '\\'+ ~[\\])* '"';
fragment SINGLE_QUOTED: '\'' (~['\\] | '\\'+ ~[\\])* '\'';
fragment QUOTED_TEXT: DOUBLE_QUOTED | SINGLE_QUOTED;
fragment BARE_TEXT: ~[ \t\n\r\b(),="']+;
fragment FIELD_TEXT: NAME ('.' NAME)+ ('[' (QUOTED_TEXT | ~[ \t\n\r\b[\]"']+) ']')?;
// A transformer's parenthesis belongs to its name: no blank between them.
fragment TRANSFORM_TEXT: ('toupper' | 'tolower' | 'b64' | 'basename' | 'len') '(';

AND: 'and';
OR: 'or';
NOT: 'not';
OPEN: '(' -> type(LPAREN);
CLOSE: ')' -> type(RPAREN);
LEFT_TRANSFORM: TRANSFORM_TEXT -> type(TRANSFORM), pushMode(OPERATOR), pushMode(ARGUMENT);
LEFT_JOIN: 'join(' -> type(JOIN), pushMode(OPERATOR), pushMode(ARGUMENT);
LEFT_FIELD: FIELD_TEXT -> type(FIELD), pushMode(OPERATOR);
MACRO: NAME -> type(IDENTIFIER);
WS: BLANK+ -> skip;

mode OPERATOR;
EXISTS: 'exists' -> popMode;
NUMBER_OPERATOR: ('<' | '<=' | '>' | '>=') -> mode(NUMBER_VALUE);
EQUALITY_OPERATOR: ('=' | '==' | '!=') -> mode(STRING_VALUE);
WORD_OPERATOR: ('contains' | 'icontains' | 'bcontains' | 'startswith' | 'bstartswith' | 'endswith' | 'glob' | 'iglob'
    | 'regex') {blankAhead()}? -> mode(STRING_VALUE);
LIST_OPERATOR: ('in' | 'intersects' | 'pmatch') -> mode(LIST_VALUE);
OPERATOR_WS: BLANK+ -> skip;

mode NUMBER_VALUE;
NUMBER_TEXT: ('0' [xX] [0-9a-zA-Z]+ | [+\-]? [0-9]+ '.'? [0-9]* ([eE] [+\-] [0-9]+)?) -> type(NUMBER), popMode;
NUMBER_TRANSFORM: TRANSFORM_TEXT -> type(TRANSFORM), mode(ARGUMENT);
NUMBER_JOIN: 'join(' -> type(JOIN), mode(ARGUMENT);
NUMBER_VAL: 'val(' -> type(VAL), mode(ARGUMENT);
NUMBER_WS: BLANK+ -> skip;

mode STRING_VALUE;
QUANTIFIER: BLANK+ ('oneof' | 'anyof' | 'allof') {listAhead()}? -> mode(LIST_VALUE);
STRING_QUOTED: QUOTED_TEXT -> type(QUOTED), popMode;
STRING_TRANSFORM: TRANSFORM_TEXT -> type(TRANSFORM), mode(ARGUMENT);
STRING_JOIN: 'join(' -> type(JOIN), mode(ARGUMENT);
STRING_VAL: 'val(' -> type(VAL), mode(ARGUMENT);
STRING_BARE: BARE_TEXT -> type(BARE), popMode;
STRING_WS: BLANK+ -> skip;

mode LIST_VALUE;
LIST_OPEN: '(' -> type(LPAREN), mode(LIST_ITEMS);
LIST_TRANSFORM: TRANSFORM_TEXT -> type(TRANSFORM), mode(ARGUMENT);
LIST_JOIN: 'join(' -> type(JOIN), mode(ARGUMENT);
LIST_VAL: 'val(' -> type(VAL), mode(ARGUMENT);
LIST_NAME: NAME -> type(IDENTIFIER), popMode;
LIST_WS: BLANK+ -> skip;

mode LIST_ITEMS;
ITEM_QUOTED: QUOTED_TEXT -> type(QUOTED);
ITEM_BARE: BARE_TEXT -> type(BARE);
ITEM_COMMA: ',' -> type(COMMA);
ITEM_CLOSE: ')' -> type(RPAREN), popMode;
ITEM_WS: BLANK+ -> skip;

mode ARGUMENT;
ARGUMENT_TRANSFORM: TRANSFORM_TEXT -> type(TRANSFORM), pushMode(ARGUMENT);
ARGUMENT_JOIN: 'join(' -> type(JOIN), pushMode(ARGUMENT);
ARGUMENT_OPEN: '(' -> type(LPAREN), pushMode(ARGUMENT);
ARGUMENT_CLOSE: ')' -> type(RPAREN), popMode;
ARGUMENT_FIELD: FIELD_TEXT -> type(FIELD);
ARGUMENT_QUOTED: QUOTED_TEXT -> type(QUOTED);
ARGUMENT_COMMA: ',' -> type(COMMA);
ARGUMENT_WS: BLANK+ -> skip;
