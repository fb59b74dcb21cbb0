package io.kubeguardian.correlation;

import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * All patterns that run together, and which entities a signal concerns. Not thread safe: it remembers what it was asked.
 */
public final class PatternSet {
    /** Names of rules can come from other people's sensors: no more of them than this are remembered. */
    private static final int REMEMBERED = 10_000;
    private static final Scope[] NONE = {};

    private final String digest;
    private final List<CorrelationPattern> patterns;
    private final Map<String, Scope> scopes = new LinkedHashMap<>();
    private final Map<SignalKind, Map<String, Scope[]>> known = new EnumMap<>(SignalKind.class);

    private PatternSet(String digest, List<CorrelationPattern> patterns) {
        this.digest = digest;
        this.patterns = List.copyOf(patterns);
        Map<String, List<CorrelationPattern>> byScope = new LinkedHashMap<>();
        for (CorrelationPattern pattern : patterns) {
            byScope.computeIfAbsent(Scope.id(pattern), id -> new ArrayList<>()).add(pattern);
        }
        byScope.forEach((id, some) -> scopes.put(id, new Scope(id, some)));
    }

    /**
     * All or nothing.
     *
     * @throws PatternException with one line that says where, what, and what to do
     */
    public static PatternSet of(List<PatternSource> sources) {
        List<SigmaDocument> documents = new ArrayList<>();
        sources.forEach(source -> documents.addAll(PatternParser.parse(source)));
        List<CorrelationPattern> patterns = PatternLinker.link(documents);
        if (patterns.isEmpty()) {
            throw new PatternException(sources.isEmpty() ? "no pattern file" : sources.get(0).name()
                    + ": holds no correlation rule");
        }
        return new PatternSet(digest(sources), patterns);
    }

    /** {@code sha256:…} of the files' content in order. */
    public String digest() {
        return digest;
    }

    /** In the order of the files. */
    public List<CorrelationPattern> patterns() {
        return patterns;
    }

    /** The rules that patterns ask for by their whole names. */
    public Set<String> rules() {
        Set<String> rules = new TreeSet<>();
        patterns.forEach(pattern -> pattern.selectors().forEach(selector -> rules.addAll(selector.names())));
        rules.removeIf(rule -> patterns.stream().anyMatch(pattern -> pattern.reference().equals(rule)));
        return rules;
    }

    /** Null when no pattern has it. */
    Scope scope(String id) {
        return scopes.get(id);
    }

    /** The scopes whose patterns ask for a signal of this rule and kind. Most signals concern none. */
    Scope[] scopes(Signal signal) {
        Map<String, Scope[]> byRule = known.computeIfAbsent(signal.getKind(), kind -> new HashMap<>());
        Scope[] some = byRule.get(signal.getRule());
        if (some == null) {
            some = find(signal);
            if (byRule.size() < REMEMBERED) {
                byRule.put(signal.getRule(), some);
            }
        }
        return some;
    }

    private Scope[] find(Signal signal) {
        List<Scope> found = scopes.values().stream().filter(scope -> scope.asksFor(signal)).toList();
        return found.isEmpty() ? NONE : found.toArray(NONE);
    }

    private static String digest(List<PatternSource> sources) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (PatternSource source : sources) {
                byte[] content = source.text().getBytes(StandardCharsets.UTF_8);
                digest.update((content.length + "\n").getBytes(StandardCharsets.US_ASCII));
                digest.update(content);
            }
            return "sha256:" + HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
