package io.kubeguardian.rules.load;

import io.kubeguardian.rules.syntax.Location;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The lists of a bundle, and their expansion: an item that is the name of another list stands for its items. */
final class ListItems {
    /** Most items of one list after expansion. */
    static final int MAX_ITEMS = 500_000;

    private record Definition(Location at, List<String> items) {}

    private final Map<String, Definition> lists = new LinkedHashMap<>();
    private final Map<String, List<String>> expanded = new LinkedHashMap<>();
    private final List<String> underWay = new ArrayList<>();

    boolean has(String name) {
        return lists.containsKey(name);
    }

    Set<String> names() {
        return lists.keySet();
    }

    void define(String name, Location at, List<String> items) {
        lists.put(name, new Definition(at, List.copyOf(items)));
    }

    void append(String name, List<String> items) {
        Definition before = lists.get(name);
        List<String> all = new ArrayList<>(before.items);
        all.addAll(items);
        lists.put(name, new Definition(before.at, List.copyOf(all)));
    }

    /** @throws LoadException when lists contain each other, or grow too large */
    Map<String, List<String>> expand() {
        for (String name : lists.keySet()) {
            expand(name);
        }
        return expanded;
    }

    private List<String> expand(String name) {
        List<String> known = expanded.get(name);
        if (known != null) {
            return known;
        }
        Definition list = lists.get(name);
        if (underWay.contains(name)) {
            throw new LoadException(list.at, "list " + name + " contains itself: "
                    + String.join(" → ", underWay.subList(underWay.indexOf(name), underWay.size())) + " → " + name);
        }
        if (underWay.size() >= 64) {
            throw new LoadException(list.at, "lists within lists deeper than 64");
        }
        underWay.add(name);
        List<String> items = new ArrayList<>();
        for (String item : list.items) {
            // A list that holds its own name means the word, as in Falco.
            if (lists.containsKey(item) && !item.equals(name)) {
                items.addAll(expand(item));
            } else {
                items.add(unquoted(item));
            }
            if (items.size() > MAX_ITEMS) {
                throw new LoadException(list.at, "list " + name + " has more than " + MAX_ITEMS + " items");
            }
        }
        underWay.remove(name);
        expanded.put(name, List.copyOf(items));
        return items;
    }

    /** Items may hold quotes of their own, which Falco's grammar takes off: {@code '"(systemd)"'}. */
    static String unquoted(String item) {
        int last = item.length() - 1;
        boolean quoted = last > 0 && (item.charAt(0) == '"' || item.charAt(0) == '\'')
                && item.charAt(last) == item.charAt(0);
        return quoted ? item.substring(1, last) : item;
    }
}
