package io.kubeguardian.rules.compile;

import io.kubeguardian.rules.EventType;
import io.kubeguardian.rules.EventView;
import io.kubeguardian.rules.PathMemo;

/** A condition about nothing but the path of an open, asked once for each path. */
final class Remembered extends Condition {
    /** Gives the conditions of one set their ids. */
    static final class Ids {
        private int next;
    }

    private final Condition condition;
    private final PathMemo.Condition asked;
    private final Ids set;
    private final int id;

    Remembered(Condition condition, Ids set) {
        this.condition = condition;
        this.asked = condition::test;
        this.set = set;
        this.id = set.next++;
    }

    @Override
    public boolean test(EventView event) {
        PathMemo memo = event.pathMemo();
        return memo == null ? condition.test(event) : memo.test(set, id, asked, event);
    }

    @Override
    public Condition forType(EventType type) {
        throw new IllegalStateException("only what is of one type already is remembered");
    }

    @Override
    int cost() {
        return 1;
    }

    @Override
    public int size() {
        return condition.size();
    }
}
