package io.kubeguardian.collector.ship;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.collector.batch.BatchContents;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.BatchEvents;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.PreciousMask;
import io.kubeguardian.schema.Topics;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BacklogTest {
    private static final AvroCodec<EventBatch> CODEC = AvroCodec.of(EventBatch.class);
    private static final byte[] KEY = {1};
    /** A precious batch takes about 600 bytes here, one with 100 bulk events 1,900. */
    private static final long WAITING = 20_000;
    private static final long WINDOW = 4_000;

    private int shedPrecious;
    private int shedBulk;
    private final Backlog backlog = new Backlog(WAITING + WINDOW, WINDOW, CODEC, (precious, bulk) -> {
        shedPrecious += precious;
        shedBulk += bulk;
    });

    @Test
    void recordsComeInTheirOrderAndThoseUnderWayAreBounded() throws Exception {
        List<Outgoing> given = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            given.add(batch(1, 0));
            backlog.offer(given.get(i));
        }

        List<Outgoing> taken = new ArrayList<>();
        for (Outgoing next = backlog.take(0); next != null; next = backlog.take(0)) {
            taken.add(next);
        }

        assertThat(taken).containsExactlyElementsOf(given.subList(0, taken.size())).hasSizeBetween(2, 8);
        assertThat(backlog.status().inFlightBytes()).isLessThanOrEqualTo(WINDOW);
        backlog.done(taken.get(0), true);
        assertThat(backlog.take(0)).isSameAs(given.get(taken.size()));
    }

    @Test
    void whatIsPutBackComesFirst() throws Exception {
        Outgoing first = batch(1, 1);
        backlog.offer(first);
        backlog.offer(batch(1, 1));
        backlog.take(0);

        backlog.putBack(first);

        assertThat(backlog.take(0)).isSameAs(first);
    }

    @Test
    void whenItIsFullANewBatchLosesItsBulkEventsAndOneOfThoseAloneIsNotTaken() throws Exception {
        while (shedBulk == 0) {
            backlog.offer(batch(0, 100));
        }
        int before = backlog.waiting();

        boolean taken = backlog.offer(batch(2, 100));

        assertThat(taken).isTrue();
        assertThat(shedBulk).isEqualTo(200);
        assertThat(shedPrecious).isZero();
        assertThat(backlog.waiting()).isBetween(before, before + 1);
    }

    @Test
    void preciousEventsTakeTheRoomOfBulkOnesThatWaitTheOldestFirst() throws Exception {
        Outgoing mixed = batch(1, 100);
        backlog.offer(mixed);
        int bulk = 100;
        while (shedBulk == 0) {
            bulk += 100;
            backlog.offer(batch(0, 100));
        }

        int precious = 1;
        while (shedBulk < bulk && shedPrecious == 0) {
            precious += 3;
            backlog.offer(batch(3, 0));
        }

        assertThat(shedPrecious).isZero();
        EventBatch left = CODEC.decode(mixed.value());
        BatchEvents.validate(left);
        assertThat(left.getExits()).hasSize(1);
        assertThat(left.getOpens()).isEmpty();
        assertThat(backlog.take(0)).isSameAs(mixed);
        backlog.done(mixed, true);
        int found = 1;
        for (Outgoing next = backlog.take(0); next != null; next = backlog.take(0)) {
            found += CODEC.decode(next.value()).getExits().size();
            backlog.done(next, true);
        }
        assertThat(found).isEqualTo(precious);
    }

    @Test
    void onlyWhenNothingElseIsLeftAreNewPreciousEventsGivenUpAndCounted() {
        int offered = 0;
        while (shedPrecious == 0) {
            offered += 3;
            backlog.offer(batch(3, 1));
        }

        assertThat(shedPrecious).isEqualTo(3);
        assertThat(shedBulk).isEqualTo(offered / 3);
        assertThat(backlog.status().waitingBytes()).isLessThanOrEqualTo(WAITING);
    }

    @Test
    void itsBoundHoldsWhateverComesAndGoes() throws Exception {
        List<Outgoing> inFlight = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            backlog.offer(batch(i % 3, 1 + i * 7 % 90));
            if (i % 5 == 0) {
                Outgoing next = backlog.take(0);
                if (next != null) {
                    inFlight.add(next);
                }
            }
            if (i % 11 == 0 && !inFlight.isEmpty()) {
                backlog.done(inFlight.remove(0), true);
            }
            BacklogStatus now = backlog.status();
            assertThat(now.waitingBytes()).isBetween(0L, WAITING);
            assertThat(now.inFlightBytes()).isBetween(0L, WINDOW);
        }
        backlog.clear(item -> {});
        inFlight.forEach(item -> backlog.done(item, false));

        assertThat(backlog.status())
                .isEqualTo(new BacklogStatus(0, 0, 0, 0, WAITING + WINDOW, 0));
    }

    @Test
    void ofHealthOnlyTheNewestWaitsAndOneIsUnderWay() throws Exception {
        Outgoing first = batch(0, 0);
        Outgoing last = batch(0, 0);
        backlog.offerNewest(first);
        assertThat(backlog.take(0)).isSameAs(first);
        backlog.offerNewest(batch(0, 0));
        backlog.offerNewest(last);
        assertThat(backlog.take(0)).isNull();

        backlog.done(first, true);

        assertThat(backlog.take(0)).isSameAs(last);
        assertThat(backlog.isEmpty()).isTrue();
    }

    private static Outgoing batch(int precious, int bulk) {
        EventBatchBuilder builder = new EventBatchBuilder();
        int process = builder.process(1, 1, 1, "", "x", 0, 0);
        for (int i = 0; i < precious; i++) {
            builder.addExit(i, process, 0);
        }
        for (int i = 0; i < bulk; i++) {
            builder.addOpen(i, process, "/" + i, 0, 0, 3, 0);
        }
        if (precious + bulk == 0) {
            builder.addExit(0, process, 0);
        }
        return new Outgoing(Topics.EVENTS, KEY, CODEC.encode(builder.build()), 0,
                new BatchContents(precious, bulk, PreciousMask.NONE));
    }
}
