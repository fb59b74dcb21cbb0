package io.kubeguardian.intel;

import io.kubeguardian.detection.Hit;
import io.kubeguardian.schema.Contribution;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.SignalKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * An indicator was met. The surest feed speaks; each feed that has it is a contribution.
 *
 * @param matches not empty
 * @param observed what the event said: the address, the name, the program, the hash
 * @param inbound the address came to us, which says little: every public service is scanned
 */
record IntelHit(List<IntelMatch> matches, String observed, boolean inbound) implements Hit {
    private static final int MOST_CONTRIBUTIONS = 8;
    private static final double INBOUND_SHARE = 0.25;

    IntelHit {
        matches = matches.stream().sorted((a, b) -> b.confidence() - a.confidence()).toList();
    }

    private IntelMatch surest() {
        return matches.get(0);
    }

    @Override
    public SignalKind kind() {
        return SignalKind.INTEL;
    }

    @Override
    public String rule() {
        return "intel." + switch (surest().type()) {
            case IPV4, IPV6 -> "ip";
            case NETWORK -> "cidr";
            case DOMAIN -> "domain";
            case MD5, SHA1, SHA256 -> "hash";
            default -> "process";
        };
    }

    @Override
    public Priority priority() {
        if (inbound) {
            return Priority.NOTICE;
        }
        int confidence = surest().confidence();
        return confidence >= 75 ? Priority.CRITICAL : confidence >= 50 ? Priority.ERROR
                : confidence >= 25 ? Priority.WARNING : Priority.NOTICE;
    }

    @Override
    public List<String> tags() {
        return List.of("threat-intelligence");
    }

    @Override
    public List<String> techniques() {
        Set<String> all = new LinkedHashSet<>();
        matches.forEach(match -> all.addAll(match.techniques()));
        return List.copyOf(all);
    }

    @Override
    public String output() {
        IntelMatch match = surest();
        return switch (match.type()) {
            case IPV4, IPV6, NETWORK -> (inbound ? "Connection from " : "Traffic with ") + observed;
            case DOMAIN -> "Name " + observed + " looked up";
            case MD5, SHA1, SHA256 -> "Program with the hash " + observed + " run";
            default -> "Program " + observed + " run";
        } + ": " + reason(match) + (matches.size() > 1 ? ", and by " + (matches.size() - 1) + " more" : "");
    }

    private static String reason(IntelMatch match) {
        return match.indicator() + " is listed by feed " + match.feed()
                + (match.label().isEmpty() ? "" : " as " + match.label())
                + (match.firstSeen() == 0 ? "" : ", first seen " + date(match.firstSeen()))
                + (match.lastSeen() == 0 ? "" : ", last seen " + date(match.lastSeen()))
                + (match.expires() == 0 ? "" : ", until " + date(match.expires()))
                + ", confidence " + match.confidence();
    }

    private static String date(long seconds) {
        return seconds == 0 ? "" : Instant.ofEpochSecond(seconds).toString();
    }

    @Override
    public Map<String, String> outputFields() {
        IntelMatch match = surest();
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("intel.observed", observed);
        fields.put("intel.direction", inbound ? "inbound" : "");
        fields.put("intel.indicator", match.indicator());
        fields.put("intel.type", match.type().name().toLowerCase(Locale.ROOT));
        fields.put("intel.feed", match.feed());
        fields.put("intel.source", match.source());
        fields.put("intel.label", match.label());
        fields.put("intel.first_seen", date(match.firstSeen()));
        fields.put("intel.last_seen", date(match.lastSeen()));
        fields.put("intel.expires", date(match.expires()));
        fields.put("intel.confidence", Integer.toString(match.confidence()));
        fields.values().removeIf(String::isEmpty);
        return fields;
    }

    @Override
    public double score() {
        return surest().confidence() / 100.0 * (inbound ? INBOUND_SHARE : 1);
    }

    @Override
    public List<Contribution> contributions() {
        List<Contribution> all = new ArrayList<>();
        for (IntelMatch match : matches.subList(0, Math.min(MOST_CONTRIBUTIONS, matches.size()))) {
            all.add(new Contribution(match.feed(), match.indicator(), "", match.confidence() / 100.0, reason(match)));
        }
        return all;
    }

    /** The same indicator in the same pod is one thing, whichever process meets it. */
    @Override
    public String repeatKey() {
        return surest().indicator() + (inbound ? "/inbound" : "");
    }
}
