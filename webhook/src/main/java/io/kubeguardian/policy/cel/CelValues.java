package io.kubeguardian.policy.cel;

import dev.cel.common.values.NullValue;
import io.kubeguardian.policy.Node;
import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/** Objects as CEL's runtime takes them: views, so that an expression costs only what it looks at. */
final class CelValues {
    private CelValues() {}

    /** A missing value is null, as {@code oldObject} is when there was none. */
    static Object of(Node node) {
        return switch (node.kind()) {
            case OBJECT -> new MapView(new Fields(node));
            case ARRAY -> new Items(node);
            case STRING -> node.text();
            case BOOLEAN -> node.isTrue();
            case NUMBER -> number(node.scalarText());
            default -> NullValue.NULL_VALUE;
        };
    }

    /** An int where it is one, as Kubernetes' own decoder of JSON does. */
    private static Object number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return Double.parseDouble(text);
        }
    }

    private static final class Items extends AbstractList<Object> {
        private final Node node;

        Items(Node node) {
            this.node = node;
        }

        @Override
        public Object get(int index) {
            return of(node.at(index));
        }

        @Override
        public int size() {
            return node.size();
        }
    }

    private static final class Fields extends AbstractMap<String, Object> {
        private final Node node;

        Fields(Node node) {
            this.node = node;
        }

        /** A field whose value is null is absent: the API server prunes it. */
        @Override
        public boolean containsKey(Object key) {
            return key instanceof String name && node.get(name).isPresent();
        }

        @Override
        public Object get(Object key) {
            return containsKey(key) ? of(node.get((String) key)) : null;
        }

        @Override
        public int size() {
            int size = 0;
            for (int i = 0; i < node.size(); i++) {
                size += node.at(i).isPresent() ? 1 : 0;
            }
            return size;
        }

        @Override
        public Set<Map.Entry<String, Object>> entrySet() {
            return new AbstractSet<>() {
                @Override
                public int size() {
                    return Fields.this.size();
                }

                @Override
                public Iterator<Map.Entry<String, Object>> iterator() {
                    return new Entries(node);
                }
            };
        }
    }

    private static final class Entries implements Iterator<Map.Entry<String, Object>> {
        private final Node node;
        private int next;

        Entries(Node node) {
            this.node = node;
        }

        @Override
        public boolean hasNext() {
            while (next < node.size() && !node.at(next).isPresent()) {
                next++;
            }
            return next < node.size();
        }

        @Override
        public Map.Entry<String, Object> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            Map.Entry<String, Object> entry = Map.entry(node.name(next), of(node.at(next)));
            next++;
            return entry;
        }
    }
}
