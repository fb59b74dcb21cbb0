package io.kubeguardian.policy.user;

import io.kubeguardian.policy.cel.Expression;

/**
 * One CEL rule: false is a violation.
 *
 * @param message what a finding says; null: {@code messageExpression}, or the expression itself
 * @param field the field at fault; null: the object, or the container
 * @param eachContainer the expression is about {@code container}: it is asked of each
 */
record Validation(Expression expression, String message, Expression messageExpression, FieldPath field,
        boolean eachContainer) {}
