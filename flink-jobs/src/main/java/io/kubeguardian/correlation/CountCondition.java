package io.kubeguardian.correlation;

import java.io.Serializable;

/**
 * What a count must be.
 *
 * @param atLeast least count, inclusive
 * @param atMost greatest count, inclusive; {@link Long#MAX_VALUE}: no bound
 * @param except a count that does not match; -1: none
 * @param field of value_count: whose distinct values are counted; else empty
 */
public record CountCondition(long atLeast, long atMost, long except, String field) implements Serializable {
    private static final long serialVersionUID = 1L;

    boolean holds(long count) {
        return count >= atLeast && count <= atMost && count != except;
    }

    /** Whether more signals can make it false again: such a count is judged when its time is over, not before. */
    boolean isJudgedAtTheEnd() {
        return atMost != Long.MAX_VALUE || except >= 0;
    }
}
