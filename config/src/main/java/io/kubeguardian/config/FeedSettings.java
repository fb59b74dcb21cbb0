package io.kubeguardian.config;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One feed of threat intelligence; null stands for the default.
 *
 * @param name of the feed, in alerts and keys
 * @param source a file, or an https URL
 * @param format how it is written; PLAIN
 * @param kind what a plain or CSV feed's values are; AUTO
 * @param columns of a CSV feed: from value, firstSeen, lastSeen, expires, confidence, label to the column's name in the
 *     header or its number from 1; {@code value: "1"}
 * @param separator of a CSV feed; a comma
 * @param confidence of indicators without one of their own, 0 to 100; 50
 * @param expireSeconds time after the last successful fetch at which the feed ends; 604800 (a week), 0: never
 * @param refreshSeconds how often it is fetched; 3600
 * @param subdomains whether a domain stands for all names below it; true
 * @param techniques ATT&amp;CK technique ids of every match
 * @param label of indicators without one of their own
 * @param authorizationFile file with the value of the Authorization header
 * @param authority PEM file with the authorities of the server's certificate; those that Java trusts
 * @param timeoutSeconds most time for a fetch; 60
 * @param maxBytes most bytes of a fetch; 268435456
 * @param maxIndicators most indicators; more are an error; 1000000
 * @param allowPrivate take addresses that are not public, too
 * @param allowBroad take networks that are wider than /8 (IPv6: /16), too
 * @param allowPlainHttp take a URL without TLS
 * @param followRedirects follow up to three redirects, none of them away from TLS
 */
public record FeedSettings(
        String name, String source, FeedFormat format, FeedKind kind, Map<String, String> columns, String separator,
        Integer confidence, Long expireSeconds, Integer refreshSeconds, Boolean subdomains, List<String> techniques,
        String label, String authorizationFile, String authority, Integer timeoutSeconds, Long maxBytes,
        Integer maxIndicators, Boolean allowPrivate, Boolean allowBroad, Boolean allowPlainHttp,
        Boolean followRedirects) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?");
    private static final Pattern TECHNIQUE = Pattern.compile("T[0-9]{4}(\\.[0-9]{3})?");
    private static final Set<String> COLUMNS =
            Set.of("value", "firstSeen", "lastSeen", "expires", "confidence", "label");

    public FeedSettings {
        if (name == null || !NAME.matcher(name).matches()) {
            throw new ConfigException("intel.feeds: a feed needs a name of lower-case letters, digits, dots and dashes, not "
                    + name);
        }
        String at = "intel.feeds." + name;
        if (source == null || source.isBlank()) {
            throw new ConfigException(at + ".source must not be empty: a file or an https URL");
        }
        format = format == null ? FeedFormat.PLAIN : format;
        kind = kind == null ? FeedKind.AUTO : kind;
        columns = columns == null ? Map.of("value", "1") : Map.copyOf(columns);
        separator = separator == null ? "," : separator;
        confidence = confidence == null ? 50 : confidence;
        expireSeconds = expireSeconds == null ? 604_800 : expireSeconds;
        refreshSeconds = refreshSeconds == null ? 3600 : refreshSeconds;
        subdomains = subdomains == null || subdomains;
        techniques = techniques == null ? List.of() : List.copyOf(techniques);
        label = label == null ? "" : label;
        authorizationFile = authorizationFile == null ? "" : authorizationFile;
        authority = authority == null ? "" : authority;
        timeoutSeconds = timeoutSeconds == null ? 60 : timeoutSeconds;
        maxBytes = maxBytes == null ? 256L << 20 : maxBytes;
        maxIndicators = maxIndicators == null ? 1_000_000 : maxIndicators;
        allowPrivate = allowPrivate != null && allowPrivate;
        allowBroad = allowBroad != null && allowBroad;
        allowPlainHttp = allowPlainHttp != null && allowPlainHttp;
        followRedirects = followRedirects != null && followRedirects;
        Check.between(at + ".confidence", confidence, 0, 100);
        Check.between(at + ".expireSeconds", expireSeconds, 0, 315_360_000);
        Check.between(at + ".refreshSeconds", refreshSeconds, 10, 31_536_000);
        Check.between(at + ".timeoutSeconds", timeoutSeconds, 1, 3600);
        Check.between(at + ".maxBytes", maxBytes, 1, 2_000_000_000);
        Check.between(at + ".maxIndicators", maxIndicators, 1, 4_000_000);
        if (separator.length() != 1) {
            throw new ConfigException(at + ".separator must be one character");
        }
        if (!COLUMNS.containsAll(columns.keySet()) || !columns.containsKey("value")) {
            throw new ConfigException(at + ".columns must have value, and may have the others of " + COLUMNS);
        }
        for (String technique : techniques) {
            if (!TECHNIQUE.matcher(technique).matches()) {
                throw new ConfigException(at + ".techniques: " + technique + " is no ATT&CK technique such as T1071.001");
            }
        }
        if (expireSeconds != 0 && expireSeconds <= refreshSeconds) {
            throw new ConfigException(at + ".expireSeconds must be more than refreshSeconds: the feed would end between two");
        }
        if (isHttp(source)) {
            checkUrl(at, source, allowPlainHttp);
        }
    }

    /** Whether the source is a URL, and no file. */
    public boolean isHttp() {
        return isHttp(source);
    }

    private static boolean isHttp(String source) {
        return source.matches("(?i)[a-z][a-z0-9+.-]*://.*");
    }

    private static void checkUrl(String at, String source, boolean plain) {
        URI url;
        try {
            url = URI.create(source);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(at + ".source is no URL: " + e.getMessage(), e);
        }
        if (!"https".equalsIgnoreCase(url.getScheme()) && !(plain && "http".equalsIgnoreCase(url.getScheme()))) {
            throw new ConfigException(at + ".source must be https; http needs allowPlainHttp: true, and whoever is on the way"
                    + " can then change the feed");
        }
        if (url.getHost() == null || url.getUserInfo() != null) {
            throw new ConfigException(at + ".source needs a host, and no user in it: use authorizationFile");
        }
    }
}
