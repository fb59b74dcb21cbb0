package io.kubeguardian.benchmarks;

import io.kubeguardian.intel.IntelMatch;
import io.kubeguardian.intel.IntelSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One question to a million indicators, each time another one. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-Xmx2g")
public class IntelLookup {
    private static final int QUESTIONS = 1 << 16;

    /** address or domain; with what is not listed (absent), what is (listed), or a HashSet of the strings (set). */
    @Param("address.absent")
    public String ask;

    private IntelSet intel;
    private Set<String> set;
    private String[] questions;
    private final IntelSet.Scratch scratch = new IntelSet.Scratch();
    private long now;
    private int next;

    @Setup(Level.Trial)
    public void make() throws Exception {
        List<String> listed = Indicators.make(1);
        now = System.currentTimeMillis() * 1_000_000;
        boolean domains = ask.startsWith("domain");
        SplittableRandom random = new SplittableRandom(2);
        questions = new String[QUESTIONS];
        for (int i = 0; i < QUESTIONS; i++) {
            questions[i] = ask.endsWith("listed") ? listed.get(random.nextInt(Indicators.COUNT / 100) * 100
                    + (domains ? 70 : 0)) : domains ? "www." + Indicators.domain(random) : Indicators.address(random);
        }
        if (ask.endsWith("set")) {
            set = new HashSet<>(listed);
        } else {
            intel = Indicators.inForce(listed);
        }
    }

    @Benchmark
    public Object one() {
        String question = questions[next++ & QUESTIONS - 1];
        if (set != null) {
            return set.contains(question);
        }
        List<IntelMatch> found =
                ask.startsWith("domain") ? intel.domain(question, now, scratch) : intel.address(question, now, scratch);
        return found;
    }
}
