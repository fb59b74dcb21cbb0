package io.kubeguardian.correlation;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Entities on the heap, those touched longest ago first, bounded by the number of their signals. */
final class HotEntities {
    /** An entity on the heap. */
    static final class Entity {
        private final String key;
        private final EntityState state;
        private int signals;

        private Entity(String key, EntityState state) {
            this.key = key;
            this.state = state;
        }

        String key() {
            return key;
        }

        EntityState state() {
            return state;
        }

        /** An entity without any costs memory, too. */
        private int count() {
            int count = 1 + state.waiting.size() + state.kept.size();
            for (OpenIncident open : state.open) {
                count += open.incident.getSignals().size();
            }
            return count;
        }
    }

    private final int mostSignals;
    private final Map<String, Entity> entities = new LinkedHashMap<>(1024, 0.75f, true);
    private Set<Entity> waiting = new LinkedHashSet<>();
    private final Set<Entity> changed = new LinkedHashSet<>();
    private int signals;

    HotEntities(int mostSignals) {
        this.mostSignals = mostSignals;
    }

    /** Null when it is not here. */
    Entity get(String key) {
        return entities.get(key);
    }

    Entity add(String key, EntityState state) {
        Entity entity = new Entity(key, state);
        entities.put(key, entity);
        recount(entity);
        return entity;
    }

    void remove(Entity entity) {
        entities.remove(entity.key);
        waiting.remove(entity);
        changed.remove(entity);
        signals -= entity.signals;
        entity.signals = 0;
    }

    List<Entity> all() {
        return new ArrayList<>(entities.values());
    }

    /** It has a signal that event time has not come to. */
    void waits(Entity entity) {
        waiting.add(entity);
        changed(entity);
    }

    void changed(Entity entity) {
        changed.add(entity);
        recount(entity);
    }

    private void recount(Entity entity) {
        int now = entity.count();
        signals += now - entity.signals;
        entity.signals = now;
    }

    /** Those with waiting signals, which count as looked at. */
    Set<Entity> takeWaiting() {
        Set<Entity> taken = waiting;
        waiting = new LinkedHashSet<>();
        return taken;
    }

    /** Those that state does not know as they are, which count as written. */
    List<Entity> takeChanged() {
        List<Entity> taken = new ArrayList<>(changed);
        changed.clear();
        return taken;
    }

    /** The one touched longest ago, when there are too many signals; else null. The last one stays. */
    Entity tooMuch() {
        if (signals <= mostSignals || entities.size() < 2) {
            return null;
        }
        Iterator<Entity> oldest = entities.values().iterator();
        return oldest.next();
    }
}
