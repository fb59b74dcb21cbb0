package io.kubeguardian.webhook.image;

import com.google.re2j.Pattern;

/** Which images a policy is about: {@code registry.example/team/*}; {@code *} is anything but a slash, {@code **} anything. */
final class ImagePattern {
    private final Pattern pattern;

    ImagePattern(String glob) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            if (glob.startsWith("**", i)) {
                regex.append(".*");
                i++;
            } else if (glob.charAt(i) == '*') {
                regex.append("[^/]*");
            } else {
                regex.append(Pattern.quote(String.valueOf(glob.charAt(i))));
            }
        }
        pattern = Pattern.compile(regex.toString());
    }

    boolean matches(ImageReference image) {
        return pattern.matches(image.name());
    }
}
