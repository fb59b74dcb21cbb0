package io.kubeguardian.policy.cel;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount as Kubernetes writes it: {@code 100m}, {@code 1.5Gi}, {@code 12e6}. Format: Kubernetes' API conventions,
 * "Units", and the grammar at {@code k8s.io/apimachinery/pkg/api/resource.Quantity}.
 */
public record Quantity(BigDecimal value) implements Comparable<Quantity> {
    private static final Pattern FORM = Pattern.compile(
            "([+-]?(?:[0-9]{1,40}(?:\\.[0-9]{0,40})?|\\.[0-9]{1,40}))(?:(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)|[eE]([+-]?[0-9]{1,3}))?");
    private static final Map<String, BigDecimal> UNITS = Map.ofEntries(
            Map.entry("n", power(10, -9)), Map.entry("u", power(10, -6)), Map.entry("m", power(10, -3)),
            Map.entry("k", power(10, 3)), Map.entry("M", power(10, 6)), Map.entry("G", power(10, 9)),
            Map.entry("T", power(10, 12)), Map.entry("P", power(10, 15)), Map.entry("E", power(10, 18)),
            Map.entry("Ki", power(2, 10)), Map.entry("Mi", power(2, 20)), Map.entry("Gi", power(2, 30)),
            Map.entry("Ti", power(2, 40)), Map.entry("Pi", power(2, 50)), Map.entry("Ei", power(2, 60)));

    private static BigDecimal power(int base, int exponent) {
        return base == 10 ? BigDecimal.ONE.scaleByPowerOfTen(exponent)
                : new BigDecimal(BigInteger.valueOf(base).pow(exponent));
    }

    /** @throws IllegalArgumentException when the text is no quantity */
    public static Quantity parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("\"" + text + "\" is no quantity, such as 500m or 1.5Gi");
        }
        BigDecimal number = new BigDecimal(matcher.group(1));
        if (matcher.group(2) != null) {
            return new Quantity(number.multiply(UNITS.get(matcher.group(2))));
        }
        return new Quantity(matcher.group(3) == null ? number
                : number.scaleByPowerOfTen(Integer.parseInt(matcher.group(3))));
    }

    /** Whether the text is a quantity. */
    public static boolean is(String text) {
        return FORM.matcher(text).matches();
    }

    static Quantity of(long value) {
        return new Quantity(BigDecimal.valueOf(value));
    }

    boolean isInteger() {
        try {
            value.longValueExact();
            return true;
        } catch (ArithmeticException e) {
            return false;
        }
    }

    Quantity add(Quantity other) {
        return new Quantity(value.add(other.value));
    }

    Quantity subtract(Quantity other) {
        return new Quantity(value.subtract(other.value));
    }

    @Override
    public int compareTo(Quantity other) {
        return value.compareTo(other.value);
    }

    /** Equal in amount: {@code 1000m} is {@code 1}. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Quantity quantity && compareTo(quantity) == 0;
    }

    @Override
    public int hashCode() {
        return value.stripTrailingZeros().hashCode();
    }
}
