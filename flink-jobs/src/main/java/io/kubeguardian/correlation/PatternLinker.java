package io.kubeguardian.correlation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts the documents of all files together: what a correlation's rules refer to is a correlation or a rule of any of the
 * files by its name or id, else the name of a rule that makes signals.
 */
final class PatternLinker {
    /** Enough for every kill chain of ours by far; a bound for what strangers publish. */
    static final int MAX_PATTERNS = 500;

    private final List<SigmaDocument> documents;
    private final Map<String, SigmaDocument> byReference = new HashMap<>();
    private final Set<SigmaDocument> referred = new HashSet<>();
    private final Set<SigmaDocument> generated = new HashSet<>();

    private PatternLinker(List<SigmaDocument> documents) {
        this.documents = documents;
    }

    static List<CorrelationPattern> link(List<SigmaDocument> documents) {
        PatternLinker linker = new PatternLinker(documents);
        linker.index();
        return linker.patterns();
    }

    private void index() {
        for (SigmaDocument document : documents) {
            for (String reference : Set.copyOf(List.of(document.id(), document.name()).stream().distinct().toList())) {
                SigmaDocument other = reference.isEmpty() ? null : byReference.put(reference, document);
                if (other != null) {
                    throw document.file().error(document.node(), "two patterns have the id " + reference + ": "
                            + other.title() + " and " + document.title() + "; give one of them another");
                }
            }
        }
    }

    private List<CorrelationPattern> patterns() {
        List<SigmaDocument.Correlation> correlations = documents.stream()
                .filter(SigmaDocument.Correlation.class::isInstance).map(SigmaDocument.Correlation.class::cast).toList();
        if (correlations.size() > MAX_PATTERNS) {
            throw new PatternException(correlations.size() + " patterns, more than " + MAX_PATTERNS);
        }
        for (SigmaDocument.Correlation correlation : correlations) {
            for (String rule : correlation.rules()) {
                if (byReference.get(rule) instanceof SigmaDocument.Correlation inner) {
                    referred.add(inner);
                    if (correlation.generate()) {
                        generated.add(inner);
                    }
                }
            }
        }
        List<CorrelationPattern> patterns = new ArrayList<>();
        for (SigmaDocument.Correlation correlation : correlations) {
            patterns.add(pattern(correlation));
        }
        return patterns;
    }

    private CorrelationPattern pattern(SigmaDocument.Correlation of) {
        List<SignalSelector> selectors = new ArrayList<>();
        int level = 0;
        for (String rule : of.rules()) {
            SigmaDocument to = byReference.get(rule);
            if (to instanceof SigmaDocument.Correlation inner) {
                checkDepth(of, inner);
                level = 1;
                selectors.add(new SignalSelector(Set.of(reference(inner)), List.of(), Set.of()));
            } else if (to instanceof SigmaDocument.Rule base) {
                selectors.add(base.signals());
            } else {
                selectors.add(selector(of, rule));
            }
        }
        return new CorrelationPattern(of.id(), of.name(), of.title(), of.description(), of.priority(), of.techniques(),
                of.tactics(), of.type(), of.rules(), selectors, of.groupBy(), of.aliases(), of.timespanMillis(),
                of.condition(), !referred.contains(of) || generated.contains(of), level);
    }

    private void checkDepth(SigmaDocument.Correlation outer, SigmaDocument.Correlation inner) {
        for (String rule : inner.rules()) {
            if (byReference.get(rule) instanceof SigmaDocument.Correlation) {
                throw outer.file().error(outer.rulesNode(), "refers to " + inner.title() + ", which refers to a third"
                        + " correlation rule; a chain has two of them at most");
            }
        }
    }

    private static SignalSelector selector(SigmaDocument.Correlation of, String rule) {
        try {
            return SignalSelector.of(List.of(rule));
        } catch (IllegalArgumentException e) {
            throw of.file().error(of.rulesNode(), e.getMessage());
        }
    }

    /** As {@link CorrelationPattern#reference}. */
    private static String reference(SigmaDocument.Correlation inner) {
        return "correlation:" + inner.id();
    }
}
