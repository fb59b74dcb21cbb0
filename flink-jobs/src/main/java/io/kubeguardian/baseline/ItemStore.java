package io.kubeguardian.baseline;

import io.kubeguardian.schema.ItemSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.MapState;

/**
 * What the baselines of one workload know: items one by one up to a limit per kind, the most often seen; patterns for what
 * is many of a kind; and the rest in a sketch. Keys are {@code slot|kind|item}.
 */
final class ItemStore {
    private final MapState<String, BaselineItem> items;
    /** Items below a pattern that is not (yet) used, by {@code slot|kind|pattern}. */
    private final MapState<String, Integer> below;
    private final MapState<Integer, CountMin> sketches;
    private final int limit;
    private final int collapseAt;

    ItemStore(
            MapState<String, BaselineItem> items, MapState<String, Integer> below, MapState<Integer, CountMin> sketches,
            int limit, int collapseAt) {
        this.items = items;
        this.below = below;
        this.sketches = sketches;
        this.limit = limit;
        this.collapseAt = collapseAt;
    }

    /** Whether something is known, exactly, by a pattern or by the sketch; if so, that it was seen is noted. */
    boolean seen(ImageBaseline image, ItemKind kind, ObservedItem observed) throws Exception {
        String item = observed.item;
        if (seen(key(image, kind, item), observed.time, observed.alternative)) {
            return true;
        }
        if (!observed.alternative.isEmpty() && seen(key(image, kind, observed.alternative), observed.time, "")) {
            return true;
        }
        if (!image.collapsed.isEmpty()) {
            for (String pattern : Patterns.all(kind, item)) {
                if (image.collapsed.containsKey(kind.word() + '|' + pattern)
                        && seen(key(image, kind, pattern), observed.time, "")) {
                    return true;
                }
            }
        }
        return image.sketched.containsKey(kind.word()) && sketched(image, kind, observed);
    }

    boolean contains(ImageBaseline image, ItemKind kind, String item) throws Exception {
        return items.contains(key(image, kind, item))
                || image.sketched.containsKey(kind.word())
                        && sketches.get(image.slot).count(kind.word() + '|' + item) > 0;
    }

    /** Whether it is known from what the workload did, and not by an operator's word alone. */
    boolean isLearned(ImageBaseline image, ItemKind kind, String item) throws Exception {
        BaselineItem known = items.get(key(image, kind, item));
        return known == null ? contains(image, kind, item) : !known.source.equals(ItemSource.ACCEPTED.name());
    }

    private boolean seen(String key, long time, String address) throws Exception {
        BaselineItem known = items.get(key);
        if (known == null) {
            return false;
        }
        known.seen(time, address);
        items.put(key, known);
        return true;
    }

    private boolean sketched(ImageBaseline image, ItemKind kind, ObservedItem observed) throws Exception {
        CountMin sketch = sketches.get(image.slot);
        String name = kind.word() + '|' + observed.item;
        if (sketch.count(name) == 0) {
            return false;
        }
        int count = sketch.add(name, 1);
        if (count >= 4 && Integer.bitCount(count) == 1) {
            promote(image, kind, observed, count, sketch);
        }
        sketches.put(image.slot, sketch);
        return true;
    }

    /** What is seen often takes the exact place of what is seen least. */
    private void promote(ImageBaseline image, ItemKind kind, ObservedItem observed, int count, CountMin sketch)
            throws Exception {
        String prefix = prefix(image, kind);
        String leastKey = null;
        long least = count;
        for (Map.Entry<String, BaselineItem> entry : items.entries()) {
            BaselineItem item = entry.getValue();
            if (entry.getKey().startsWith(prefix) && item.sightings < least
                    && item.source.equals(ItemSource.LEARNED.name())) {
                least = item.sightings;
                leastKey = entry.getKey();
            }
        }
        if (leastKey != null) {
            sketch.add(kind.word() + '|' + leastKey.substring(prefix.length()), (int) Math.max(1, least));
            items.remove(leastKey);
            BaselineItem promoted = new BaselineItem(ItemSource.LEARNED, observed.time);
            promoted.sightings = count;
            promoted.example = observed.example;
            items.put(key(image, kind, observed.item), promoted);
        }
    }

    /** What {@link #learn} did with an item. */
    enum Learned { EXACT, COLLAPSED, SKETCHED, SATURATED }

    /** Takes in something that is not known. */
    Learned learn(ImageBaseline image, ItemKind kind, ObservedItem observed) throws Exception {
        BaselineItem item = new BaselineItem(ItemSource.LEARNED, observed.time);
        item.example = observed.example;
        item.seen(observed.time, observed.alternative);
        return put(image, kind, observed.item, item);
    }

    Learned put(ImageBaseline image, ItemKind kind, String name, BaselineItem item) throws Exception {
        String key = key(image, kind, name);
        if (!items.contains(key)) {
            int learned = image.learned.getOrDefault(kind.word(), 0);
            if (learned >= limit && item.source.equals(ItemSource.LEARNED.name())) {
                return sketch(image, kind, name);
            }
            image.learned.put(kind.word(), learned + 1);
        }
        items.put(key, item);
        return countBelow(image, kind, name) ? Learned.COLLAPSED : Learned.EXACT;
    }

    private Learned sketch(ImageBaseline image, ItemKind kind, String name) throws Exception {
        if (image.isSaturated(kind)) {
            image.saturated.merge(kind.word(), 1L, Long::sum);
            return Learned.SATURATED;
        }
        CountMin sketch = sketches.get(image.slot);
        if (sketch == null) {
            sketch = new CountMin();
        }
        if (sketch.distinct() >= CountMin.MOST) {
            image.saturated.put(kind.word(), 1L);
            return Learned.SATURATED;
        }
        sketch.add(kind.word() + '|' + name, 1);
        sketches.put(image.slot, sketch);
        image.sketched.merge(kind.word(), 1L, Long::sum);
        return Learned.SKETCHED;
    }

    /** Whether a pattern took the place of the item and its like. */
    private boolean countBelow(ImageBaseline image, ItemKind kind, String name) throws Exception {
        String pattern = Patterns.wider(kind, name);
        if (pattern == null) {
            return false;
        }
        String key = key(image, kind, pattern);
        Integer before = below.get(key);
        int now = before == null ? 1 : before + 1;
        if (now < collapseAt) {
            below.put(key, now);
            return false;
        }
        below.remove(key);
        collapse(image, kind, pattern, now);
        return true;
    }

    private void collapse(ImageBaseline image, ItemKind kind, String pattern, int many) throws Exception {
        String prefix = prefix(image, kind);
        BaselineItem all = new BaselineItem(ItemSource.LEARNED, 0);
        List<String> gone = new ArrayList<>();
        for (Map.Entry<String, BaselineItem> entry : items.entries()) {
            if (entry.getKey().startsWith(prefix)
                    && Patterns.all(kind, entry.getKey().substring(prefix.length())).contains(pattern)) {
                BaselineItem one = entry.getValue();
                all.firstSeen = all.firstSeen == 0 ? one.firstSeen : Math.min(all.firstSeen, one.firstSeen);
                all.lastSeen = Math.max(all.lastSeen, one.lastSeen);
                all.sightings += one.sightings;
                gone.add(entry.getKey());
            }
        }
        for (String key : gone) {
            items.remove(key);
            image.collapsed.remove(kind.word() + '|' + key.substring(prefix.length()));
        }
        image.learned.merge(kind.word(), -gone.size(), Integer::sum);
        image.collapsed.put(kind.word() + '|' + pattern, many);
        put(image, kind, pattern, all);
    }

    void remove(ImageBaseline image, ItemKind kind, String item) throws Exception {
        String key = key(image, kind, item);
        if (items.contains(key)) {
            items.remove(key);
            image.learned.merge(kind.word(), -1, Integer::sum);
        }
    }

    /** A new image starts with what the one before knew. */
    void inherit(ImageBaseline from, ImageBaseline to) throws Exception {
        String prefix = from.slot + "|";
        Map<String, BaselineItem> copies = new HashMap<>();
        for (Map.Entry<String, BaselineItem> entry : items.entries()) {
            if (entry.getKey().startsWith(prefix)) {
                copies.put(to.slot + entry.getKey().substring(prefix.length() - 1), entry.getValue().inherited());
            }
        }
        items.putAll(copies);
        Map<String, Integer> counts = new HashMap<>();
        for (Map.Entry<String, Integer> entry : below.entries()) {
            if (entry.getKey().startsWith(prefix)) {
                counts.put(to.slot + entry.getKey().substring(prefix.length() - 1), entry.getValue());
            }
        }
        below.putAll(counts);
        CountMin sketch = sketches.get(from.slot);
        if (sketch != null) {
            CountMin copy = new CountMin();
            copy.counters = sketch.counters.clone();
            copy.registers = sketch.registers.clone();
            sketches.put(to.slot, copy);
        }
        to.learned = new HashMap<>(from.learned);
        to.sketched = new HashMap<>(from.sketched);
        to.saturated = new HashMap<>(from.saturated);
        to.collapsed = new HashMap<>(from.collapsed);
    }

    /** All exact items of the image, by {@code kind|item}. */
    Map<String, BaselineItem> of(ImageBaseline image) throws Exception {
        String prefix = image.slot + "|";
        Map<String, BaselineItem> all = new HashMap<>();
        for (Map.Entry<String, BaselineItem> entry : items.entries()) {
            if (entry.getKey().startsWith(prefix)) {
                all.put(entry.getKey().substring(prefix.length()), entry.getValue());
            }
        }
        return all;
    }

    /** Forgets all of the image. */
    void clear(ImageBaseline image) throws Exception {
        for (String name : of(image).keySet()) {
            items.remove(image.slot + "|" + name);
        }
        List<String> counted = new ArrayList<>();
        for (String key : below.keys()) {
            if (key.startsWith(image.slot + "|")) {
                counted.add(key);
            }
        }
        for (String key : counted) {
            below.remove(key);
        }
        sketches.remove(image.slot);
        image.learned.clear();
        image.sketched.clear();
        image.saturated.clear();
        image.collapsed.clear();
    }

    void clear() {
        items.clear();
        below.clear();
        sketches.clear();
    }

    private static String prefix(ImageBaseline image, ItemKind kind) {
        return image.slot + "|" + kind.word() + '|';
    }

    private static String key(ImageBaseline image, ItemKind kind, String item) {
        return prefix(image, kind) + item;
    }
}
