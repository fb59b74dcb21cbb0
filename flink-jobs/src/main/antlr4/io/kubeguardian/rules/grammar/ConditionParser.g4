/* The condition of a rule or macro. `and` binds tighter than `or`, `not` tighter than both. */
parser grammar ConditionParser;

options { tokenVocab = ConditionLexer; }

condition: disjunction EOF;

disjunction: conjunction (OR conjunction)*;

conjunction: negation (AND negation)*;

negation: NOT* primary;

primary
    : LPAREN disjunction RPAREN # group
    | check # comparison
    | IDENTIFIER # macro
    ;

check
    : operand EXISTS # exists
    | operand NUMBER_OPERATOR (NUMBER | fieldValue) # numberCheck
    | operand (EQUALITY_OPERATOR | WORD_OPERATOR) (QUANTIFIER list | string | fieldValue) # stringCheck
    | operand LIST_OPERATOR (list | fieldValue) # listCheck
    ;

list
    : LPAREN (string (COMMA string)*)? RPAREN
    | IDENTIFIER
    ;

string: QUOTED | BARE;

fieldValue
    : VAL FIELD RPAREN
    | transformed
    ;

operand
    : FIELD
    | transformed
    ;

transformed
    : TRANSFORM operand RPAREN # transform
    | JOIN QUOTED COMMA LPAREN (joinItem (COMMA joinItem)*)? RPAREN RPAREN # join
    ;

joinItem: QUOTED | operand;
