package io.kubeguardian.rules.compile;

import io.kubeguardian.rules.EventType;
import io.kubeguardian.rules.EventView;
import io.kubeguardian.rules.field.EventNames;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** evt.type is one of some system calls: decided by the kind of event alone, but for creat. */
final class EventNameCheck extends Check {
    private final Set<EventType> surely;
    private final boolean creat;

    EventNameCheck(Collection<String> names) {
        super(EnumSet.allOf(EventType.class));
        surely = EventNames.surely(names);
        creat = names.contains("creat");
    }

    /** All names for which a test holds, as for {@code evt.type startswith open}. */
    static EventNameCheck matching(StringTest test) {
        List<String> names = EventNames.all().stream().filter(test::test).toList();
        return new EventNameCheck(names);
    }

    @Override
    public boolean test(EventView event) {
        return surely.contains(event.type()) || (creat && EventNames.isCreat(event));
    }

    @Override
    public Condition forType(EventType type) {
        if (surely.contains(type)) {
            return TRUE;
        }
        return creat && type == EventType.OPEN ? this : FALSE;
    }
}
