package io.kubeguardian.baseline;

import io.kubeguardian.schema.ItemSource;
import java.util.ArrayList;
import java.util.List;

/** One item that a baseline knows exactly. Flink POJO. Times are event time, nanoseconds since the Unix epoch. */
public final class BaselineItem {
    static final int MAX_ADDRESSES = 32;

    public long firstSeen;
    public long lastSeen;
    /** How often pods told it. */
    public long sightings;
    /** Name of an {@link ItemSource}. */
    public String source = ItemSource.LEARNED.name();
    /** As it was first seen, where the item is only its shape. */
    public String example = "";
    /** Of a destination known by its name: addresses with their port. */
    public List<String> addresses = new ArrayList<>();

    public BaselineItem() {}

    BaselineItem(ItemSource source, long time) {
        this.source = source.name();
        this.firstSeen = time;
        this.lastSeen = time;
    }

    /** A pod tells it (again). @param address of a destination known by its name; empty: none */
    void seen(long time, String address) {
        firstSeen = firstSeen == 0 ? time : Math.min(firstSeen, time);
        lastSeen = Math.max(lastSeen, time);
        sightings++;
        if (!address.isEmpty() && addresses.size() < MAX_ADDRESSES && !addresses.contains(address)) {
            addresses.add(address);
            addresses.sort(null); // whatever the order in which they came
        }
    }

    BaselineItem inherited() {
        BaselineItem copy = new BaselineItem();
        copy.firstSeen = firstSeen;
        copy.lastSeen = lastSeen;
        copy.sightings = sightings;
        copy.source = source.equals(ItemSource.LEARNED.name()) ? ItemSource.INHERITED.name() : source;
        copy.example = example;
        copy.addresses = new ArrayList<>(addresses);
        return copy;
    }
}
