package io.kubeguardian.policy.cel;

import static dev.cel.common.types.SimpleType.BOOL;
import static dev.cel.common.types.SimpleType.DOUBLE;
import static dev.cel.common.types.SimpleType.DYN;
import static dev.cel.common.types.SimpleType.INT;
import static dev.cel.common.types.SimpleType.STRING;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionOverload;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What Kubernetes adds to CEL: regular expressions, URLs, quantities, IP addresses and networks. Names and meanings:
 * Kubernetes documentation, "Common Expression Language in Kubernetes", section "Kubernetes CEL libraries". Its lists are
 * in {@link ListFunctions}. Not here: {@code authorizer}, which asks the API server, {@code format} and {@code semver}.
 */
final class KubernetesFunctions {
    private static final CelType QUANTITY = KubernetesType.QUANTITY.cel();
    private static final CelType URL = KubernetesType.URL.cel();
    private static final CelType IP = KubernetesType.IP.cel();
    private static final CelType CIDR = KubernetesType.CIDR.cel();

    private KubernetesFunctions() {}

    /** A function that says with {@link IllegalArgumentException} that it was given something wrong. */
    private interface Body {
        Object apply(Object[] arguments);
    }

    private static CelFunctionOverload body(Body body) {
        return arguments -> {
            try {
                return body.apply(arguments);
            } catch (IllegalArgumentException | ArithmeticException e) {
                throw new CelEvaluationException(e.getMessage(), e);
            }
        };
    }

    static FunctionLibrary regex() {
        return new FunctionLibrary()
                .member("find", "kg_string_find_string", STRING, List.of(STRING, STRING), body(a -> {
                    Matcher matcher = pattern((String) a[1]).matcher((String) a[0]);
                    return matcher.find() ? matcher.group() : "";
                }))
                .member("findAll", "kg_string_findAll_string", ListType.create(STRING), List.of(STRING, STRING),
                        body(a -> all((String) a[0], (String) a[1], Long.MAX_VALUE)))
                .member("findAll", "kg_string_findAll_string_int", ListType.create(STRING),
                        List.of(STRING, STRING, INT), body(a -> all((String) a[0], (String) a[1],
                                (Long) a[2] < 0 ? Long.MAX_VALUE : (Long) a[2])));
    }

    private static Pattern pattern(String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("regular expression: " + e.getMessage(), e);
        }
    }

    private static List<String> all(String text, String regex, long most) {
        List<String> found = new ArrayList<>();
        Matcher matcher = pattern(regex).matcher(text);
        while (found.size() < most && matcher.find()) {
            found.add(matcher.group());
        }
        return found;
    }

    static FunctionLibrary urls() {
        return new FunctionLibrary()
                .global("url", "kg_string_to_url", URL, List.of(STRING), body(a -> url((String) a[0])))
                .global("isURL", "kg_is_url", BOOL, List.of(STRING), body(a -> is((String) a[0], KubernetesFunctions::url)))
                .member("getScheme", "kg_url_scheme", STRING, List.of(URL), body(a -> text(((URI) a[0]).getScheme())))
                .member("getHost", "kg_url_host", STRING, List.of(URL), body(a -> text(((URI) a[0]).getRawAuthority())
                        .replaceFirst("^[^@]*@", "")))
                .member("getHostname", "kg_url_hostname", STRING, List.of(URL),
                        body(a -> text(((URI) a[0]).getHost()).replaceAll("[\\[\\]]", "")))
                .member("getPort", "kg_url_port", STRING, List.of(URL),
                        body(a -> ((URI) a[0]).getPort() < 0 ? "" : Integer.toString(((URI) a[0]).getPort())))
                .member("getEscapedPath", "kg_url_path", STRING, List.of(URL), body(a -> text(((URI) a[0]).getRawPath())))
                .member("getQuery", "kg_url_query", MapType.create(STRING, ListType.create(STRING)), List.of(URL),
                        body(a -> query(((URI) a[0]).getRawQuery())));
    }

    /** Absolute, or a path that begins at the root, as Go's {@code url.ParseRequestURI} has it. */
    private static URI url(String text) {
        try {
            URI uri = new URI(text);
            if (uri.getScheme() == null && !text.startsWith("/")) {
                throw new IllegalArgumentException("\"" + text + "\" is no absolute URL");
            }
            return uri;
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("\"" + text + "\" is no URL: " + e.getReason(), e);
        }
    }

    private static Map<String, List<String>> query(String query) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        for (String part : text(query).split("&")) {
            if (!part.isEmpty()) {
                int equals = part.indexOf('=');
                values.computeIfAbsent(decoded(equals < 0 ? part : part.substring(0, equals)), key -> new ArrayList<>())
                        .add(equals < 0 ? "" : decoded(part.substring(equals + 1)));
            }
        }
        return values;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static String text(String text) {
        return text == null ? "" : text;
    }

    static FunctionLibrary quantities() {
        return new FunctionLibrary()
                .global("quantity", "kg_string_to_quantity", QUANTITY, List.of(STRING),
                        body(a -> Quantity.parse((String) a[0])))
                .global("isQuantity", "kg_is_quantity", BOOL, List.of(STRING), body(a -> Quantity.is((String) a[0])))
                .member("sign", "kg_quantity_sign", INT, List.of(QUANTITY),
                        body(a -> (long) ((Quantity) a[0]).value().signum()))
                .member("isInteger", "kg_quantity_is_integer", BOOL, List.of(QUANTITY),
                        body(a -> ((Quantity) a[0]).isInteger()))
                .member("asInteger", "kg_quantity_as_integer", INT, List.of(QUANTITY),
                        body(a -> ((Quantity) a[0]).value().longValueExact()))
                .member("asApproximateFloat", "kg_quantity_as_float", DOUBLE, List.of(QUANTITY),
                        body(a -> ((Quantity) a[0]).value().doubleValue()))
                .member("add", "kg_quantity_add", QUANTITY, List.of(QUANTITY, QUANTITY),
                        body(a -> ((Quantity) a[0]).add((Quantity) a[1])))
                .member("add", "kg_quantity_add_int", QUANTITY, List.of(QUANTITY, INT),
                        body(a -> ((Quantity) a[0]).add(Quantity.of((Long) a[1]))))
                .member("sub", "kg_quantity_sub", QUANTITY, List.of(QUANTITY, QUANTITY),
                        body(a -> ((Quantity) a[0]).subtract((Quantity) a[1])))
                .member("sub", "kg_quantity_sub_int", QUANTITY, List.of(QUANTITY, INT),
                        body(a -> ((Quantity) a[0]).subtract(Quantity.of((Long) a[1]))))
                .member("isLessThan", "kg_quantity_less", BOOL, List.of(QUANTITY, QUANTITY),
                        body(a -> ((Quantity) a[0]).compareTo((Quantity) a[1]) < 0))
                .member("isGreaterThan", "kg_quantity_greater", BOOL, List.of(QUANTITY, QUANTITY),
                        body(a -> ((Quantity) a[0]).compareTo((Quantity) a[1]) > 0))
                .member("compareTo", "kg_quantity_compare", INT, List.of(QUANTITY, QUANTITY),
                        body(a -> (long) ((Quantity) a[0]).compareTo((Quantity) a[1])));
    }

    static FunctionLibrary addresses() {
        return new FunctionLibrary()
                .global("isIP", "kg_is_ip", BOOL, List.of(STRING), body(a -> is((String) a[0], IpAddress::parse)))
                .global("ip", "kg_string_to_ip", IP, List.of(STRING), body(a -> IpAddress.parse((String) a[0])))
                .global("ip.isCanonical", "kg_ip_is_canonical", BOOL, List.of(STRING),
                        body(a -> IpAddress.parse((String) a[0]).toString().equals(a[0])))
                .global("isCIDR", "kg_is_cidr", BOOL, List.of(STRING), body(a -> is((String) a[0], Cidr::parse)))
                .global("cidr", "kg_string_to_cidr", CIDR, List.of(STRING), body(a -> Cidr.parse((String) a[0])))
                .global("string", "kg_ip_to_string", STRING, List.of(IP), body(a -> a[0].toString()))
                .global("string", "kg_cidr_to_string", STRING, List.of(CIDR), body(a -> a[0].toString()))
                .member("family", "kg_ip_family", INT, List.of(IP), body(a -> ((IpAddress) a[0]).family()))
                .member("isUnspecified", "kg_ip_unspecified", BOOL, List.of(IP),
                        body(a -> ((IpAddress) a[0]).address().isAnyLocalAddress()))
                .member("isLoopback", "kg_ip_loopback", BOOL, List.of(IP),
                        body(a -> ((IpAddress) a[0]).address().isLoopbackAddress()))
                .member("isLinkLocalUnicast", "kg_ip_link_local", BOOL, List.of(IP),
                        body(a -> ((IpAddress) a[0]).address().isLinkLocalAddress()))
                .member("isLinkLocalMulticast", "kg_ip_link_local_multicast", BOOL, List.of(IP),
                        body(a -> ((IpAddress) a[0]).isLinkLocalMulticast()))
                .member("isGlobalUnicast", "kg_ip_global_unicast", BOOL, List.of(IP),
                        body(a -> ((IpAddress) a[0]).isGlobalUnicast()))
                .member("containsIP", "kg_cidr_contains_ip", BOOL, List.of(CIDR, IP),
                        body(a -> ((Cidr) a[0]).contains((IpAddress) a[1])))
                .member("containsIP", "kg_cidr_contains_ip_string", BOOL, List.of(CIDR, STRING),
                        body(a -> ((Cidr) a[0]).contains(IpAddress.parse((String) a[1]))))
                .member("containsCIDR", "kg_cidr_contains_cidr", BOOL, List.of(CIDR, CIDR),
                        body(a -> ((Cidr) a[0]).contains((Cidr) a[1])))
                .member("containsCIDR", "kg_cidr_contains_cidr_string", BOOL, List.of(CIDR, STRING),
                        body(a -> ((Cidr) a[0]).contains(Cidr.parse((String) a[1]))))
                .member("ip", "kg_cidr_ip", IP, List.of(CIDR), body(a -> ((Cidr) a[0]).ip()))
                .member("masked", "kg_cidr_masked", CIDR, List.of(CIDR), body(a -> ((Cidr) a[0]).masked()))
                .member("prefixLength", "kg_cidr_prefix", INT, List.of(CIDR), body(a -> (long) ((Cidr) a[0]).bits()));
    }

    private static boolean is(String text, Function<String, ?> parse) {
        try {
            parse.apply(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    static FunctionLibrary lists() {
        ListType list = ListType.create(DYN);
        return new FunctionLibrary()
                .member("isSorted", "kg_list_sorted", BOOL, List.of(list), body(a -> ListFunctions.isSorted((List<?>) a[0])))
                .member("sum", "kg_list_sum", DYN, List.of(list), body(a -> ListFunctions.sum((List<?>) a[0])))
                .member("min", "kg_list_min", DYN, List.of(list), body(a -> ListFunctions.extreme((List<?>) a[0], -1)))
                .member("max", "kg_list_max", DYN, List.of(list), body(a -> ListFunctions.extreme((List<?>) a[0], 1)))
                .member("indexOf", "kg_list_index", INT, List.of(list, DYN),
                        body(a -> (long) ((List<?>) a[0]).indexOf(a[1])))
                .member("lastIndexOf", "kg_list_last_index", INT, List.of(list, DYN),
                        body(a -> (long) ((List<?>) a[0]).lastIndexOf(a[1])));
    }
}
