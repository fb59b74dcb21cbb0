package io.kubeguardian.benchmarks;

import io.kubeguardian.config.FeedFormat;
import io.kubeguardian.config.FeedSettings;
import io.kubeguardian.intel.IntelSet;
import io.kubeguardian.intel.feed.FeedCompiler;
import io.kubeguardian.intel.feed.FeedContents;
import io.kubeguardian.intel.feed.FeedParser;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A list as large as they come, made by chance: of 100 indicators 60 IPv4 addresses, 8 networks, 27 domains, 4 SHA-256 and
 * one path of a program.
 */
final class Indicators {
    /** A feed takes a million by default, and so does this. */
    static final int COUNT = 1_000_000;

    private Indicators() {}

    static List<String> make(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<String> all = new ArrayList<>(COUNT);
        for (int i = 0; i < COUNT; i++) {
            int kind = i % 100;
            all.add(kind < 60 ? address(random) : kind < 68 ? network(random) : kind < 95 ? domain(random)
                    : kind < 99 ? hash(random) : "/opt/tools/" + Long.toHexString(random.nextLong()));
        }
        return all;
    }

    static String address(SplittableRandom random) {
        return random.nextInt(11, 100) + "." + random.nextInt(256) + '.' + random.nextInt(256) + '.' + random.nextInt(256);
    }

    private static String network(SplittableRandom random) {
        return "20" + random.nextInt(6) + "." + random.nextInt(256) + '.' + random.nextInt(256) + ".0/24";
    }

    static String domain(SplittableRandom random) {
        return Long.toString(random.nextLong() >>> 20, 36) + '.' + Long.toString(random.nextInt(1 << 20), 36) + ".example";
    }

    private static String hash(SplittableRandom random) {
        StringBuilder hash = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            hash.append(String.format("%016x", random.nextLong()));
        }
        return hash.toString();
    }

    /** As a job has it in force: read, compiled and put together as any feed is. */
    static IntelSet inForce(List<String> indicators) throws Exception {
        FeedCompiler.Compiled compiled = compiled(indicators);
        return IntelSet.of(compiled.feed(), compiled.chunks());
    }

    static FeedCompiler.Compiled compiled(List<String> indicators) throws Exception {
        FeedContents contents = new FeedContents(new FeedSettings("benchmark", "benchmark.txt", FeedFormat.PLAIN, null, null,
                null, null, null, null, null, null, null, null, null, null, null, COUNT, true, null, null, null));
        FeedParser.read(new ByteArrayInputStream(String.join("\n", indicators).getBytes(StandardCharsets.UTF_8)), "benchmark",
                contents);
        return FeedCompiler.compile(contents, "benchmark", System.currentTimeMillis() * 1_000_000);
    }
}
