package io.kubeguardian.webhook.image;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a registry wants to see first: {@code WWW-Authenticate}. RFC 9110, section 11.6.1; distribution specification,
 * "Token Authentication Specification".
 *
 * @param scheme in lower case: basic or bearer
 * @param parameters names in lower case
 */
record Challenge(String scheme, Map<String, String> parameters) {
    private static final int LONGEST = 4096;
    private static final Pattern SCHEME = Pattern.compile("\\s*([A-Za-z]+)(?:\\s+(.*))?");
    private static final Pattern PARAMETER = Pattern.compile("([A-Za-z_]+)\\s*=\\s*(?:\"([^\"]*)\"|([^\\s,\"]+))");

    /** Null when it is none that is known. */
    static Challenge parse(String header) {
        Matcher scheme = SCHEME.matcher(header);
        if (header.length() > LONGEST || !scheme.matches()) {
            return null;
        }
        String name = scheme.group(1).toLowerCase(Locale.ROOT);
        if (!name.equals("basic") && !name.equals("bearer")) {
            return null;
        }
        Map<String, String> parameters = new HashMap<>();
        Matcher parameter = PARAMETER.matcher(scheme.group(2) == null ? "" : scheme.group(2));
        while (parameter.find()) {
            parameters.putIfAbsent(parameter.group(1).toLowerCase(Locale.ROOT),
                    parameter.group(2) == null ? parameter.group(3) : parameter.group(2));
        }
        return new Challenge(name, parameters);
    }
}
