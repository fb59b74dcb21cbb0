package io.kubeguardian.collector.state;

import io.kubeguardian.collector.batch.Numbers;
import io.kubeguardian.collector.batch.Origin;
import io.kubeguardian.schema.Loss;
import java.util.List;

/**
 * What a run begins with. One that ended in order is gone on with, on the same boot: same epoch, next numbers. Any other
 * end begins a new epoch, which names the one before if that may have lost events that nobody counted.
 *
 * @param losses what the epoch has lost before
 */
public record Start(Origin origin, Numbers numbers, List<Loss> losses) {
    /** Of a previous epoch. */
    static final long UNKNOWN = -1;

    /** With nothing known of a run before. @param here this machine, with a new epoch */
    public static Start anew(Origin here) {
        return new Start(here, Numbers.FIRST, List.of());
    }

    /** After a run whose state cannot be read. */
    static Start afterUnknown(Origin here) {
        return anew(new Origin(here.cluster(), here.node(), here.bootId(), here.epoch(), UNKNOWN, 0));
    }

    /** @param bootNanos now, on the boot clock */
    static Start after(RunState before, Origin here, long bootNanos) {
        boolean same = before.cluster().equals(here.cluster()) && before.node().equals(here.node())
                && before.bootId().equals(here.bootId());
        if (before.ended() && same && before.endedBootNanos() <= bootNanos) {
            long unwatched = (bootNanos - before.endedBootNanos() + 999_999) / 1_000_000;
            return new Start(
                    new Origin(here.cluster(), here.node(), here.bootId(), before.epoch(),
                            before.previousEpoch(), before.unwatchedMillis() + unwatched),
                    new Numbers(before.nodeSequence(), before.pods(), before.floor()),
                    before.losses().stream().map(l -> new Loss(l.eventClass(), l.cause(), l.events())).toList());
        }
        // A clock that was set back must not bring an epoch about that there has been already.
        long epoch = Math.max(here.epoch(), before.epoch() + 1);
        return anew(new Origin(here.cluster(), here.node(), here.bootId(), epoch, before.ended() ? 0 : before.epoch(), 0));
    }
}
