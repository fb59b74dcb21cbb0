package io.kubeguardian.rules.compile;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How large a regular expression becomes once its counted repetitions are written out, as RE2/J does before it runs
 * it: {@code ((a{1000}){1000}){1000}} is a billion states. RE2 itself refuses such; RE2/J runs out of memory.
 */
final class RegexSize {
    private RegexSize() {}

    /** An estimate that is never much too low; also gives a number for expressions that are broken. */
    static long of(String expression) {
        Deque<Long> outer = new ArrayDeque<>();
        long group = 0;
        long last = 0;
        for (int i = 0; i < expression.length(); i++) {
            char c = expression.charAt(i);
            if (c == '(') {
                outer.push(group + last);
                group = 0;
                last = 0;
            } else if (c == ')' && !outer.isEmpty()) {
                last += group + 1;
                group = outer.pop();
            } else if (c == '{') {
                int end = expression.indexOf('}', i);
                if (end < 0) {
                    return group + last + expression.length();
                }
                last = saturated(Math.max(1, last), count(expression, i + 1, end));
                i = end;
            } else if (c != '*' && c != '+' && c != '?') {
                group += last;
                last = 1;
                if (c == '[') {
                    i = Math.max(i, expression.indexOf(']', i + 2) - 1);
                } else if (c == '\\') {
                    i++;
                }
            }
        }
        long size = group + last;
        while (!outer.isEmpty()) {
            size += outer.pop();
        }
        return size;
    }

    private static long saturated(long size, long times) {
        return size > Integer.MAX_VALUE / times ? Integer.MAX_VALUE : size * times;
    }

    /** The greater of the two numbers in {n,m}; 1 when there is none. */
    private static long count(String expression, int from, int to) {
        long greatest = 1;
        long number = 0;
        for (int i = from; i < to; i++) {
            int digit = Character.digit(expression.charAt(i), 10);
            number = digit < 0 ? 0 : Math.min(Integer.MAX_VALUE, number * 10 + digit);
            greatest = Math.max(greatest, number);
        }
        return greatest;
    }
}
