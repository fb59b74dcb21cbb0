package io.kubeguardian.webhook;

import java.util.List;

/** The one line that kubectl and the owner's events show for a denial. */
final class DenialMessage {
    private static final int MOST_REASONS = 10;

    private DenialMessage() {}

    /** Every reason, numbered when there are several; empty when there is none. */
    static String of(AdmissionRequest request, List<String> reasons) {
        if (reasons.isEmpty()) {
            return "";
        }
        StringBuilder message = new StringBuilder("KubeGuardian denies this ")
                .append(Text.oneLine(request.kind(), 100))
                .append(reasons.size() == 1 ? ": " : " for " + reasons.size() + " reasons: ");
        int shown = Math.min(reasons.size(), MOST_REASONS);
        for (int i = 0; i < shown; i++) {
            if (reasons.size() > 1) {
                message.append('(').append(i + 1).append(") ");
            }
            message.append(reasons.get(i)).append(i + 1 < shown ? ". " : "");
        }
        if (shown < reasons.size()) {
            message.append(". And ").append(reasons.size() - shown).append(" more of that kind");
        }
        return message.append('.').toString();
    }
}
