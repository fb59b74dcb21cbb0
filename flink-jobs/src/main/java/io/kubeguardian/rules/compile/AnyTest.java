package io.kubeguardian.rules.compile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** True where any of several tests is: the string is read from the event once for all of them. */
final class AnyTest implements StringTest {
    private final StringTest[] tests;

    private AnyTest(List<StringTest> tests) {
        this.tests = tests.toArray(StringTest[]::new);
    }

    /** Merges what can be merged, as several sets into one. */
    static StringTest of(List<StringTest> alternatives) {
        List<StringTest> merged = new ArrayList<>();
        for (StringTest alternative : alternatives) {
            add(merged, alternative);
        }
        merged.sort(Comparator.comparingInt(StringTest::cost));
        return merged.size() == 1 ? merged.get(0) : new AnyTest(merged);
    }

    private static void add(List<StringTest> merged, StringTest test) {
        if (test instanceof AnyTest any) {
            for (StringTest part : any.tests) {
                add(merged, part);
            }
            return;
        }
        for (int i = 0; i < merged.size(); i++) {
            StringTest both = merged.get(i).mergedWith(test);
            if (both != null) {
                merged.set(i, both);
                return;
            }
        }
        merged.add(test);
    }

    @Override
    public boolean test(String value) {
        for (StringTest test : tests) {
            if (test.test(value)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public int cost() {
        long cost = 0;
        for (StringTest test : tests) {
            cost += test.cost();
        }
        return Condition.saturated(cost);
    }
}
