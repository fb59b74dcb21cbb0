package io.kubeguardian.collector.event;

import io.kubeguardian.collector.secret.SecretMask;
import java.util.List;

/** Which texts of a {@code Call} can carry a secret, and how it stands there: docs/secrets.md. */
final class CallSecrets {
    private CallSecrets() {}

    /** Masks in the texts of a call, in place. @return whether anything was masked */
    static boolean mask(String call, List<String> texts) {
        return switch (call) {
            case "mount" -> replace(texts, 0, SecretMask.text(texts.get(0)))
                    | replace(texts, 3, SecretMask.mountOptions(texts.get(3)));
            case "fsconfig" -> replace(texts, 1, SecretMask.value(texts.get(0), texts.get(1)));
            case "init_module" -> replace(texts, 0, SecretMask.text(texts.get(0)));
            case "finit_module" -> replace(texts, 1, SecretMask.text(texts.get(1)));
            case "kexec_file_load" -> replace(texts, 2, SecretMask.text(texts.get(2)));
            default -> false;
        };
    }

    private static boolean replace(List<String> texts, int place, String shown) {
        return !shown.equals(texts.set(place, shown));
    }
}
