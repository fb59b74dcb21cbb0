package io.kubeguardian.rules.compile;

import io.kubeguardian.rules.EventType;
import io.kubeguardian.rules.EventView;
import io.kubeguardian.rules.field.EventNames;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** evt.type is one of some system calls: decided by the kind of event alone, where its events are not named each. */
final class EventNameCheck extends Check {
    private final Set<EventType> surely;
    private final Set<EventType> perhaps;
    private final Set<String> names;
    private final boolean creat;

    EventNameCheck(Collection<String> names) {
        super(EnumSet.allOf(EventType.class));
        this.names = new HashSet<>(names);
        surely = EventNames.surely(names);
        perhaps = EventNames.perhaps(names);
        creat = names.contains("creat");
    }

    /** All names for which a test holds, as for {@code evt.type startswith open}. */
    static EventNameCheck matching(StringTest test) {
        List<String> names = EventNames.all().stream().filter(test::test).toList();
        return new EventNameCheck(names);
    }

    @Override
    public boolean test(EventView event) {
        EventType type = event.type();
        if (surely.contains(type)) {
            return true;
        }
        if (!perhaps.contains(type)) {
            return false;
        }
        return EventNames.isNamed(type) ? names.contains(event.name()) : creat && EventNames.isCreat(event);
    }

    @Override
    public Condition forType(EventType type) {
        if (surely.contains(type)) {
            return TRUE;
        }
        return perhaps.contains(type) ? this : FALSE;
    }
}
