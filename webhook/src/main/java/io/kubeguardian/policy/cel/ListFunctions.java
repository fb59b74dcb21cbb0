package io.kubeguardian.policy.cel;

import java.time.Duration;
import java.util.List;

/** Kubernetes' functions of CEL lists: of numbers, texts and durations, not mixed. */
final class ListFunctions {
    private ListFunctions() {}

    static boolean isSorted(List<?> list) {
        for (int i = 1; i < list.size(); i++) {
            if (compare(list.get(i - 1), list.get(i)) > 0) {
                return false;
            }
        }
        return true;
    }

    /** @param sign 1 for the greatest, -1 for the least */
    static Object extreme(List<?> list, int sign) {
        if (list.isEmpty()) {
            throw new IllegalArgumentException("min and max of an empty list are not defined");
        }
        Object best = list.get(0);
        for (Object next : list) {
            if (sign * compare(next, best) > 0) {
                best = next;
            }
        }
        return best;
    }

    /** 0 for an empty list. */
    static Object sum(List<?> list) {
        if (list.isEmpty()) {
            return 0L;
        }
        Object first = list.get(0);
        if (first instanceof Long) {
            return list.stream().mapToLong(item -> cast(Long.class, item)).reduce(0, Math::addExact);
        }
        if (first instanceof Duration) {
            return list.stream().map(item -> cast(Duration.class, item)).reduce(Duration.ZERO, Duration::plus);
        }
        return list.stream().mapToDouble(item -> cast(Double.class, item)).sum();
    }

    private static <T> T cast(Class<T> type, Object item) {
        if (!type.isInstance(item)) {
            throw new IllegalArgumentException("sum of a list that holds " + item + " is not defined");
        }
        return type.cast(item);
    }

    @SuppressWarnings("unchecked")
    private static int compare(Object a, Object b) {
        if (a instanceof Number x && b instanceof Number y && !a.getClass().equals(b.getClass())) {
            return Double.compare(x.doubleValue(), y.doubleValue());
        }
        if (a instanceof Comparable<?> && a.getClass().equals(b.getClass())) {
            return ((Comparable<Object>) a).compareTo(b);
        }
        throw new IllegalArgumentException("list items " + a + " and " + b + " cannot be compared");
    }
}
