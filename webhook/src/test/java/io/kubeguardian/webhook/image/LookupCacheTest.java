package io.kubeguardian.webhook.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.client.CollectorRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class LookupCacheTest {
    private static final Digest DIGEST = Digest.of("x".getBytes(StandardCharsets.UTF_8));
    private static final Verdict GOOD = new Verdict(DIGEST, List.of(), List.of(), "");
    private static final Verdict BAD = new Verdict(DIGEST, List.of("has no signature"), List.of(), "");

    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger lookups = new AtomicInteger();
    private final CollectorRegistry metrics = new CollectorRegistry();

    @Test
    void manyWhoWaitForOneImageLookItUpOnce() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (LookupCache<Verdict> cache = cache(image -> {
            await(go);
            return GOOD;
        }, 100)) {
            CompletableFuture<Verdict> first = cache.get(image("a")).result();
            for (int i = 0; i < 50; i++) {
                cache.get(image("a"));
            }
            go.countDown();

            assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo(GOOD);
            assertThat(cache.get(image("a")).result().get(10, TimeUnit.SECONDS)).isEqualTo(GOOD);
            assertThat(lookups).hasValue(1);
            assertThat(metrics.getSampleValue("kubeguardian_webhook_image_cache_total", new String[] {"result"},
                    new String[] {"joined"})).isEqualTo(50);
        }
    }

    @Test
    void whatWasVerifiedCountsLongerThanWhatWasNot() throws Exception {
        try (LookupCache<Verdict> cache = cache(image -> image.tag().equals("good") ? GOOD : BAD, 100)) {
            look(cache, "good");
            look(cache, "bad");
            now.addAndGet(Duration.ofSeconds(10).toNanos());
            look(cache, "good");
            look(cache, "bad");
            assertThat(lookups).hasValue(3);
            now.addAndGet(Duration.ofSeconds(50).toNanos());

            look(cache, "good");

            assertThat(lookups).hasValue(4);
        }
    }

    @Test
    void whatATagWasVerifiedAsIsKnownByItsDigest() throws Exception {
        try (LookupCache<Verdict> cache = cache(image -> GOOD, 100)) {
            look(cache, "good");

            cache.get(image("good").at(DIGEST)).result().get(10, TimeUnit.SECONDS);

            assertThat(lookups).hasValue(1);
        }
    }

    @Test
    void itIsBoundedAndKeepsWhatIsAskedFor() throws Exception {
        try (LookupCache<Verdict> cache = cache(image -> Verdict.unavailable("away"), 3)) {
            for (String tag : new String[] {"a", "b", "c", "a", "d", "a"}) {
                look(cache, tag);
            }
            assertThat(lookups).hasValue(4);

            look(cache, "b");

            assertThat(lookups).hasValue(5);
            assertThat(metrics.getSampleValue("kubeguardian_webhook_image_cache_total", new String[] {"result"},
                    new String[] {"evicted"})).isEqualTo(2);
        }
    }

    @Test
    void whoAsksForTooMuchAtOnceIsToldSo() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (LookupCache<Verdict> cache = cache(image -> {
            await(go);
            return GOOD;
        }, 1000)) {
            for (int i = 0; i < 256; i++) {
                assertThat(cache.get(ImageReference.parse("r" + i % 4 + ".example/team/web:t" + i)).result()).isNotDone();
            }

            CompletableFuture<Verdict> one = cache.get(image("more")).result();

            assertThat(one).isDone();
            assertThat(one.get().unavailable()).contains("too many");
            go.countDown();
        }
    }

    @Test
    void aRegistryThatNeverAnswersTakesNeitherTheTurnsNorTheRoomOfOthers() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (LookupCache<Verdict> cache = cache(image -> {
            if (image.registry().equals("slow.example")) {
                await(go);
            }
            return GOOD;
        }, 1000)) {
            for (int i = 0; i < 64; i++) {
                assertThat(cache.get(ImageReference.parse("slow.example/web:t" + i)).result()).isNotDone();
            }

            assertThat(cache.get(ImageReference.parse("slow.example/web:more")).result().get().unavailable())
                    .contains("too many");
            assertThat(cache.get(image("other")).result().get(10, TimeUnit.SECONDS)).isEqualTo(GOOD);
            go.countDown();
            cache.get(ImageReference.parse("slow.example/web:t63")).result().get(10, TimeUnit.SECONDS);
            assertThat(cache.get(ImageReference.parse("slow.example/web:again")).result().get(10, TimeUnit.SECONDS)).isEqualTo(GOOD);
        }
    }

    @Test
    void whoComesLateDoesNotWaitAgain() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (LookupCache<Verdict> cache = cache(image -> {
            await(go);
            return GOOD;
        }, 100)) {
            LookupCache.Lookup<Verdict> lookup = cache.get(image("a"));
            Duration budget = Duration.ofHours(1);
            Deadline deadline = Deadline.in(budget);

            Verdict late = lookup.await(deadline, budget, budget.toNanos()); // an hour: the test would hang

            assertThat(late).isNull();
            go.countDown();
            assertThat(lookup.await(deadline, budget, 0)).isEqualTo(GOOD);
            assertThat(lookup.await(deadline, budget, budget.toNanos())).isEqualTo(GOOD);
        }
    }

    @Test
    void aLookupThatFailsIsAVerdict() throws Exception {
        try (LookupCache<Verdict> cache = cache(image -> {
            throw new IllegalStateException("broken");
        }, 100)) {
            assertThat(cache.get(image("a")).result().get(10, TimeUnit.SECONDS).isUnavailable()).isTrue();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void look(LookupCache<Verdict> cache, String tag) throws Exception {
        cache.get(image(tag)).result().get(10, TimeUnit.SECONDS);
    }

    private LookupCache<Verdict> cache(Function<ImageReference, Verdict> lookup, int limit) {
        return new LookupCache<>(image -> {
            lookups.incrementAndGet();
            return lookup.apply(image);
        }, Verdict::unavailable, Duration.ofSeconds(60), Duration.ofSeconds(10), limit, now::get, new ImageMetrics(metrics));
    }

    private static ImageReference image(String tag) {
        return ImageReference.parse("registry.example/web:" + tag);
    }
}
